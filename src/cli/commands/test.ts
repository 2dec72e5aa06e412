import type { Command } from 'commander';
import type { ConfigSource } from '../../control/config/index.ts';
import { ANY_UPSTREAM } from '../any-upstream.ts';
import { EXIT } from '../exit-code.ts';
import { createSecretHider } from '../hide-secrets.ts';
import { type CliIo, UserError } from '../io.ts';
import { coverageOf } from '../policy-test/coverage.ts';
import { mutate } from '../policy-test/mutation.ts';
import type { PolicyTest } from '../policy-test/policy-test.ts';
import { readPolicyTest } from '../policy-test/read-policy-test.ts';
import { renderJson } from '../policy-test/render-json.ts';
import { renderJunit } from '../policy-test/render-junit.ts';
import { renderPretty } from '../policy-test/render-pretty.ts';
import { renderTap } from '../policy-test/render-tap.ts';
import { countOf, type FileReport, isFailure } from '../policy-test/report.ts';
import { type Subject, TestBench } from '../policy-test/run-policy-test.ts';
import { watchTests } from '../policy-test/watch-tests.ts';
import { loadRoutes, looksLikeRoutes, withoutFilters } from '../route-check/load-routes.ts';
import { looksLikeRouteChecks, readRouteChecks } from '../route-check/read-route-checks.ts';
import { sayFindings } from '../say-findings.ts';
import { watchFiles } from '../watch-files.ts';
import { loadSources, readSources } from './run-sources.ts';

const REPORTERS = { pretty: renderPretty, tap: renderTap, junit: renderJunit, json: renderJson } as const;

interface TestFlags {
  reporter: string;
  json?: boolean;
  coverage?: boolean;
  mutation?: boolean;
  strict?: boolean;
  watch?: boolean;
  config: string[];
}

export function configure(command: Command, io: CliIo): void {
  command
    .usage('[options] FILE...')
    .argument('<file...>', 'policy tests; `-` is the standard input')
    .option(
      '-c, --config <file>',
      "what checks in the format of Envoy's `router_check_tool` are about",
      (value, before: string[]) => [...before, value],
      [],
    )
    .option('--reporter <name>', Object.keys(REPORTERS).join(', '), 'pretty')
    .addOption(command.createOption('--json', 'the same as --reporter json').conflicts('reporter'))
    .option('--coverage', 'say which routes, rules, providers and policies no case reaches')
    .option('--mutation', 'say which rules can be removed or flipped with no case failing')
    .option('--strict', 'such gaps are failures')
    .option('--watch', 'run again whenever a file that was read changes')
    .addHelpText('after', EXAMPLES)
    .action((files: string[], flags: TestFlags) => testFiles(files, flags, io));
}

const EXAMPLES = `
Examples:
  jotgate test examples/04-policy-tests/*.test.yaml
  jotgate test --coverage --mutation shop.test.yaml
  jotgate test --reporter junit shop.test.yaml > report.xml
  jotgate test --watch shop.test.yaml
  jotgate test --config routes.yaml checks.json        for what is written for Envoy's router_check_tool
`;

async function testFiles(files: readonly string[], flags: TestFlags, io: CliIo): Promise<void> {
  const reporter = reporterOf(flags);
  if (flags.strict === true && flags.coverage !== true && flags.mutation !== true)
    throw new UserError('--strict is about what --coverage and --mutation find: add one', EXIT.wrongUse);
  if (flags.watch !== true) {
    await runFiles(files, reporter, flags, io, []);
    return;
  }
  if (files.includes('-')) throw new UserError('the standard input cannot be watched', EXIT.wrongUse);
  await watchTests({
    run: async () => {
      const reads: string[] = [];
      await runFiles(files, reporter, flags, io, reads).catch((error) => sayUserError(error, io));
      const all = [...new Set([...files, ...reads])];
      io.err(`watching ${all.length} file${all.length === 1 ? '' : 's'}\n`);
      return all;
    },
    watch: watchFiles,
    ended: untilInterrupted(),
  });
  io.exitCode = EXIT.interrupted;
}

function reporterOf(flags: TestFlags) {
  const name = flags.json === true ? 'json' : flags.reporter;
  if (!Object.hasOwn(REPORTERS, name)) {
    throw new UserError(`\`${name}\` is not one of ${Object.keys(REPORTERS).join(', ')}`, EXIT.wrongUse);
  }
  return REPORTERS[name as keyof typeof REPORTERS];
}

function sayUserError(error: unknown, io: CliIo): void {
  if (!(error instanceof UserError)) throw error;
  io.err(`jotgate: ${error.message}\n`);
}

/** Keeps the process, which a watcher does not. */
function untilInterrupted(): Promise<void> {
  const keep = setInterval(() => undefined, 2 ** 30);
  return new Promise((resolve) => {
    process.once('SIGINT', () => {
      clearInterval(keep);
      resolve();
    });
  });
}

/** @param reads gets the files that were read */
async function runFiles(
  files: readonly string[],
  render: (reports: readonly FileReport[], color: boolean) => string,
  flags: TestFlags,
  io: CliIo,
  reads: string[],
): Promise<void> {
  const reports: FileReport[] = [];
  for (const file of files) {
    const report = await testFile(file, flags, io, reads);
    if (report === null) io.exitCode = EXIT.configInvalid;
    else reports.push(report);
  }
  if (reports.length === 0) return;
  io.out(render(reports, io.color));
  const failed = countOf(reports).failed > 0 || (flags.strict === true && reports.some(hasGaps));
  if (failed && io.exitCode === EXIT.ok) io.exitCode = EXIT.testsFailed;
}

function hasGaps({ coverage, mutation }: FileReport): boolean {
  const unreached = coverage?.parts.some(({ reached }) => !reached) ?? false;
  return unreached || (mutation?.survivors.length ?? 0) > 0;
}

/** Null where the file, or the configuration that it is about, is wrong; that has been said. */
async function testFile(
  file: string,
  flags: TestFlags,
  io: CliIo,
  reads: string[],
): Promise<FileReport | null> {
  const [source] = await readSources([file], io);
  if (source === undefined) return null;
  const { test, problems, ...read } = readTest(source, flags, io);
  reads.push(...read.reads);
  const { sentence } = createSecretHider([source.text]);
  for (const { at, message } of problems) {
    io.err(`${at.file}:${at.line}:${at.column}: ${sentence(message)}\n`);
  }
  const subject = test === null ? null : await loadSubject(test, io);
  if (test === null || subject === null) return null;
  const bench = new TestBench(test, subject);
  const { compiled, errors } = await bench.compile();
  if (errors.length > 0) {
    sayFindings(errors, subject.sources, io);
    return null;
  }
  for (const name of bench.keyless) {
    io.err(`${test.file}: no issuer of this file signs for provider \`${name}\`, so it has no keys\n`);
  }
  const results = await bench.play(compiled);
  const isRed = results.some(isFailure);
  if (isRed && flags.mutation === true) io.err(`${test.file}: mutation waits until every case passes\n`);
  return {
    test,
    results,
    snapshot: subject.snapshot,
    provenance: subject.provenance,
    coverage:
      flags.coverage === true
        ? coverageOf(
            subject.snapshot,
            results.flatMap(({ root, otherRoots }) => [root, ...otherRoots]),
          )
        : null,
    mutation: flags.mutation === true && !isRed ? await mutate(bench) : null,
  };
}

/** A policy test, or checks of routes in Envoy's own format. */
function readTest(source: ConfigSource, { config }: TestFlags, io: CliIo) {
  const isOurs = config.length === 0 || /^["']?(?:config|table|cases)["']?\s*:/m.test(source.text);
  if (isOurs && !looksLikeRouteChecks(source)) return readPolicyTest(source);
  if (config.length === 0) {
    throw new UserError(`\`${source.name}\` checks routes; say with --config FILE whose`, EXIT.wrongUse);
  }
  const read = readRouteChecks(source, config);
  for (const word of read.passedOver)
    io.err(`${source.name}: \`${word}\` has no part in this and is passed over\n`);
  return read;
}

async function loadSubject(test: PolicyTest, io: CliIo): Promise<Subject | null> {
  const sources = await readSources(test.configs, io);
  const { upstream, workload, gateway } = test;
  const places = { upstream, upstreamWithoutGateway: ANY_UPSTREAM, listen: undefined };
  const options = { strict: false, ...places, workload, gateway };
  const [first] = sources;
  const { snapshot, provenance, findings } =
    test.routesOnly === true && first !== undefined && looksLikeRoutes(first)
      ? loadRoutes(first)
      : await loadSources(sources, options, io);
  if (snapshot !== null) {
    if (test.routesOnly === true) withoutFilters(snapshot);
    return { snapshot, provenance, sources };
  }
  sayFindings(
    findings.list.filter(({ severity }) => severity === 'error'),
    sources,
    io,
  );
  return null;
}

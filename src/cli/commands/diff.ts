import { type Command, Option } from 'commander';
import {
  type ConfigSource,
  type LoadedConfig,
  loadConfigDump,
  looksLikeConfigDump,
} from '../../control/config/index.ts';
import type { Finding } from '../../resources/index.ts';
import { ANY_UPSTREAM } from '../any-upstream.ts';
import { EXIT } from '../exit-code.ts';
import { type CliIo, READ_TWICE, UserError } from '../io.ts';
import { DiffError, type DiffResult, type DiffSide, diffSnapshots } from '../policy-diff/diff-snapshots.ts';
import { type DiffSides, renderDiff } from '../policy-diff/render-diff.ts';
import { renderDiffJson } from '../policy-diff/render-diff-json.ts';
import { renderDiffSummary } from '../policy-diff/render-diff-summary.ts';
import { sayFindings } from '../say-findings.ts';
import { diffLog } from './diff-log.ts';
import { loadSources, readSources, type SourceOptions } from './run-sources.ts';
import { parseInstant } from './token-times.ts';

interface DiffFlags {
  workload?: string;
  gateway?: string;
  at: string;
  log?: string;
  summary?: boolean;
  json?: boolean;
  exitCode?: boolean;
}

export function configure(command: Command, io: CliIo): void {
  command
    .argument(
      '<before>',
      'Envoy bootstrap, `/config_dump`, Istio manifests, or a folder of them; `-` is the standard input',
    )
    .argument('<after>', 'what is to take its place')
    .option('--workload <namespace/labels>', 'whose Istio policies: `NAMESPACE/LABEL=VALUE,…`')
    .option('--gateway <name>', 'which Gateway of Istio manifests')
    .option('--at <time>', 'judge as at this time', '2026-01-01T00:00:00Z')
    .option('--log <file>', 'which requests of an access log get another verdict')
    .addOption(
      new Option('--summary', 'one line for each class of requests, and counts').conflicts(['json', 'log']),
    )
    .option('--json', 'as one JSON object')
    .option('--exit-code', 'exit 4 when a verdict changes')
    .addHelpText('after', EXAMPLES)
    .action((before: string, after: string, flags: DiffFlags) => diff(before, after, flags, io));
}

const EXAMPLES = `
Examples:
  git show main:envoy.yaml | jotgate diff - envoy.yaml
  jotgate diff --exit-code before/ after/
  jotgate diff --summary before/ after/
  jotgate diff --log access.log before.yaml after.yaml
`;

async function diff(before: string, after: string, flags: DiffFlags, io: CliIo): Promise<void> {
  if (before === '-' && after === '-') throw new UserError(READ_TWICE, EXIT.wrongUse);
  const one = await loadSide(before, flags, io);
  const two = await loadSide(after, flags, io);
  if (one === null || two === null || isUnknownToBoth(one, two, io)) {
    io.exitCode = EXIT.configInvalid;
    return;
  }
  try {
    if (flags.log !== undefined) {
      const isSame = await diffLog(flags.log, { ...one, name: before }, { ...two, name: after }, flags, io);
      if (flags.exitCode === true && !isSame) io.exitCode = EXIT.testsFailed;
      return;
    }
    const result = await diffSnapshots(one, two, parseInstant(flags.at, '--at'));
    const sides = { before: { ...one, name: before }, after: { ...two, name: after } };
    io.out(render(result, sides, flags));
    const isSame = result.changes.length + result.onlyBefore.length + result.onlyAfter.length === 0;
    if (flags.exitCode === true && !isSame) io.exitCode = EXIT.testsFailed;
  } catch (error) {
    if (!(error instanceof DiffError)) throw error;
    sayFindings(error.findings, [...one.sources, ...two.sources], io);
    io.exitCode = EXIT.configInvalid;
  }
}

function render(result: DiffResult, sides: DiffSides, { json, summary }: DiffFlags): string {
  if (json === true) return renderDiffJson(result, sides);
  return summary === true ? renderDiffSummary(result) : renderDiff(result, sides);
}

interface LoadedSide extends DiffSide {
  sources: readonly ConfigSource[];
  /** That nothing in this side's files is for the workload that was asked for. */
  unknownWorkload: Finding | undefined;
}

async function loadSide(
  file: string,
  { workload, gateway }: DiffFlags,
  io: CliIo,
): Promise<LoadedSide | null> {
  const sources = await readSources([file], io);
  const held: string[] = [];
  const hold = { ...io, err: (text: string) => held.push(text) };
  let loaded = await loadFiles(sources, { workload, gateway }, hold);
  const unknownWorkload = loaded.findings.list.find(({ code }) => code === UNKNOWN_WORKLOAD);
  if (unknownWorkload !== undefined) {
    loaded = await loadFiles(sources, { workload, gateway, allowUnknownWorkload: true }, io);
  } else io.err(held.join(''));
  const { snapshot, provenance, findings } = loaded;
  if (snapshot !== null) return { snapshot, provenance, sources, unknownWorkload };
  sayFindings(
    findings.list.filter(({ severity }) => severity === 'error'),
    sources,
    io,
  );
  return null;
}

const UNKNOWN_WORKLOAD = 'E420';

/** On one side alone it is the change: the last policy of the workload went, or its first one came. */
function isUnknownToBoth(one: LoadedSide, two: LoadedSide, io: CliIo): boolean {
  const { unknownWorkload } = two;
  if (one.unknownWorkload === undefined || unknownWorkload === undefined) return false;
  sayFindings([unknownWorkload], two.sources, io);
  return true;
}

async function loadFiles(
  sources: readonly ConfigSource[],
  flags: Pick<SourceOptions, 'workload' | 'gateway' | 'allowUnknownWorkload'>,
  io: CliIo,
): Promise<LoadedConfig> {
  const [first] = sources;
  if (first !== undefined && looksLikeConfigDump(first)) return loadConfigDump(first);
  const places = { upstream: undefined, upstreamWithoutGateway: ANY_UPSTREAM, listen: undefined };
  return loadSources(sources, { strict: false, ...places, ...flags }, io);
}

import type { Command } from 'commander';
import { type ConfigSource, looksLikeConfigDump, looksLikeManifests } from '../../control/config/index.ts';
import type { Finding } from '../../resources/index.ts';
import { EXIT } from '../exit-code.ts';
import { createSecretHider } from '../hide-secrets.ts';
import { type CliIo, UserError } from '../io.ts';
import { type RenderOptions, renderFinding, withoutSecrets } from '../render-finding.ts';
import { renderFindingsJson } from '../render-finding-json.ts';
import { renderOptionsOf } from '../render-options.ts';
import { renderPassedOver } from '../render-passed-over.ts';
import { validateSources } from '../validate-source.ts';
import { readSources, refuseAlienFlags } from './run-sources.ts';

interface ValidateFlags {
  strict?: boolean;
  each?: boolean;
  format: string;
  json?: boolean;
  workload?: string;
  gateway?: string;
  mesh?: string;
}

export function configure(command: Command, io: CliIo): void {
  command
    .argument(
      '<file...>',
      'Envoy bootstrap (YAML or JSON), Istio manifests, or folders of them; `-` is the standard input',
    )
    .option('--strict', 'warnings are errors')
    .option('--each', 'judge every Envoy file by itself; else all files are one configuration, as in `run`')
    .option('--workload <namespace/labels>', 'whom Istio manifests are judged for: `NAMESPACE/LABEL=VALUE,…`')
    .option('--gateway <name>', 'which Gateway of Istio manifests is judged')
    .option('--mesh <file>', "Istio's mesh configuration, YAML or JSON")
    .option('--format <name>', FORMATS.join(', '), 'pretty')
    .addOption(command.createOption('--json', 'the same as --format json').conflicts('format'))
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], flags: ValidateFlags) => validate(files, flags, io));
}

const FORMATS = ['pretty', 'json', 'sarif', 'junit', 'github'];

const EXAMPLES = `
Examples:
  jotgate validate envoy.yaml
  jotgate validate listeners.yaml clusters.yaml             as one configuration, as run takes them
  jotgate validate --each gateways/                         files that have nothing to do with one another
  jotgate validate --strict --format github envoy.yaml      in a workflow of GitHub Actions
  curl -s localhost:9901/config_dump | jotgate validate -   what an Envoy runs
`;

async function validate(files: readonly string[], flags: ValidateFlags, io: CliIo): Promise<void> {
  const format = flags.json === true ? 'json' : flags.format;
  if (!FORMATS.includes(format)) {
    throw new UserError(`\`${format}\` is not one of ${FORMATS.join(', ')}`, EXIT.wrongUse);
  }
  const sources = distinct(await readSources(files, io));
  const { strict = false, each = false } = flags;
  const mesh = flags.mesh === undefined ? undefined : await meshOf(flags.mesh, io);
  const { workload, gateway } = flags;
  refuseAlienFlags(sources, flags);
  const found: Report[] = [];
  for (const set of setsOf(sources, each)) {
    const options = { strict, env: process.env, workload, gateway, mesh };
    const { findings, passedOver } = await validateSources(set, options);
    found.push(...reportsOf(set, findings));
    io.err(renderPassedOver(passedOver));
  }
  const all = found.flatMap(({ findings }) => findings);
  const reports = found.toSorted((a, b) => sources.indexOf(a.source) - sources.indexOf(b.source));
  const { sentence } = createSecretHider(sources.map(({ text }) => text));
  if (format === 'pretty') {
    for (const { source, findings } of reports) {
      printReport(source, findings, { ...renderOptionsOf([source], io.color), hide: sentence }, io);
    }
  } else {
    const safe = new Map(all.map((finding) => [finding, withoutSecrets(finding, sentence)]));
    const safely = (findings: readonly Finding[]) => findings.map((one) => safe.get(one) as Finding);
    const told = reports.map(({ source, findings }) => ({ source, findings: safely(findings) }));
    io.out(await renderForMachines(format, safely(all), told));
  }
  for (const { source, findings } of reports) io.err(summaryLine(source.name, findings));
  if (all.some(({ severity }) => severity === 'error')) io.exitCode = EXIT.configInvalid;
}

async function renderForMachines(
  format: string,
  all: readonly Finding[],
  reports: readonly Report[],
): Promise<string> {
  switch (format) {
    case 'sarif':
      return (await import('../render-findings-sarif.ts')).renderFindingsSarif(all);
    case 'github':
      return (await import('../render-findings-github.ts')).renderFindingsGithub(all);
    case 'junit': {
      const files = reports.map(({ source, findings }) => ({ name: source.name, findings }));
      return (await import('../render-findings-junit.ts')).renderFindingsJunit(files);
    }
    default:
      return renderFindingsJson(all);
  }
}

/** Istio's plane is loaded only where it is wanted. */
async function meshOf(file: string, io: CliIo) {
  const { readMesh } = await import('./read-mesh.ts');
  return readMesh(file, io);
}

/** A file that is named twice, by itself and by its folder, is one. */
const distinct = (sources: readonly ConfigSource[]) => [
  ...new Map(sources.map((source) => [source.name, source])).values(),
];

/**
 * What is judged together: a config dump is a whole configuration, all other files are one. With `each`, every Envoy file is one;
 * manifests refer to one another and stay together.
 */
function setsOf(sources: readonly ConfigSource[], each: boolean): ConfigSource[][] {
  const isAlone = (source: ConfigSource) =>
    looksLikeConfigDump(source) || (each && !looksLikeManifests(source));
  const { alone = [], together = [] } = Object.groupBy(sources, (source) =>
    isAlone(source) ? 'alone' : 'together',
  );
  return [...(together.length > 0 ? [together] : []), ...alone.map((source) => [source])];
}

interface Report {
  source: ConfigSource;
  findings: readonly Finding[];
}

/** What has no place in any file is said of the first of the set. */
function reportsOf(set: readonly ConfigSource[], findings: readonly Finding[]): Report[] {
  const owners = Map.groupBy(findings, ({ at }) => set.find(({ name }) => name === at?.file) ?? set[0]);
  return set.map((source) => ({ source, findings: owners.get(source) ?? [] }));
}

/** Most findings of a file that a person is shown. */
const SHOWN_MAX = 500;

function printReport(
  source: ConfigSource,
  findings: readonly Finding[],
  options: RenderOptions,
  io: CliIo,
): void {
  const shown = firstOf(findings);
  io.out(shown.map((finding) => renderFinding(finding, options)).join('\n'));
  const left = findings.length - shown.length;
  if (left > 0) io.out(`\n${left} more findings of ${source.name} are not shown: --json has all of them\n`);
}

/** Of more than can be read, errors go before warnings. */
function firstOf(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= SHOWN_MAX) return findings;
  const errors = findings.filter(({ severity }) => severity === 'error');
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  return [...errors, ...warnings].slice(0, SHOWN_MAX);
}

function summaryLine(name: string, findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const counts = [plural(errors, 'error'), plural(findings.length - errors, 'warning')].filter(
    (text) => text !== '',
  );
  return `${name}: ${counts.length === 0 ? 'ok' : counts.join(', ')}\n`;
}

const plural = (count: number, word: string) =>
  count === 0 ? '' : `${count} ${word}${count === 1 ? '' : 's'}`;

import type { Command } from 'commander';
import { type ConfigSource, looksLikeManifests } from '../../control/config/index.ts';
import { ejectBootstrap, ejectFilters, loadIstio, parseOrigin } from '../../control/istio/index.ts';
import { systemClock } from '../../platform/index.ts';
import { compileSnapshot } from '../../proxy/rehearsal/index.ts';
import { type Finding, Findings, type Provenance, type Snapshot } from '../../resources/index.ts';
import { EXIT } from '../exit-code.ts';
import { type CliIo, UserError } from '../io.ts';
import { parsedOr, SHAPES } from '../parsed-or.ts';
import { renderFinding } from '../render-finding.ts';
import { renderOptionsOf } from '../render-options.ts';
import { type EjectFlags, parseSetting } from './eject-setting.ts';
import { readSources } from './run-sources.ts';

export function configure(command: Command, io: CliIo): void {
  const collect = (value: string, before: string[]) => [...before, value];
  command
    .argument('<file...>', 'Istio manifests, or folders of them; `-` is the standard input')
    .option('--upstream <url>', 'where requests go that no ServiceEntry says more of')
    .option('--filters', 'only what policies become for one workload, with what admission says')
    .option('--json', 'as JSON; goes with --filters')
    .option('--namespace <name>', "the workload's namespace")
    .option('--labels <k=v,…>', "the workload's labels")
    .option('--gateway', 'the workload is a gateway')
    .option('--waypoint', 'the workload is a waypoint; with --service')
    .option('--service <kind/namespace/name>', 'what the waypoint stands before')
    .option('--mesh <file>', "Istio's mesh configuration, YAML or JSON")
    .option('--web <url=file>', 'what istiod would find at an address; any other fetch fails', collect, [])
    .option('--istiod <name=value>', 'a switch of istiod', collect, [])
    .action((files: string[], flags: EjectFlags) => eject(files, flags, io));
}

/** For policies that come without a Gateway. */
const DEFAULT_UPSTREAM = 'http://127.0.0.1:9000';

async function eject(files: readonly string[], flags: EjectFlags, io: CliIo): Promise<void> {
  const all = await readSources(files, io);
  if (flags.filters === true) {
    if (flags.json !== true) throw new UserError('--filters prints JSON: add --json', EXIT.wrongUse);
    io.out(`${JSON.stringify(ejectFilters(all, parseSetting(flags, io)), null, 1)}\n`);
    return;
  }
  const sources = manifestsOf(all, io);
  const { mesh, workload } = parseSetting(flags, io);
  const asked = flags.namespace === undefined ? undefined : { ...workload, kind: 'gateway' as const };
  const { upstream } = flags;
  parsedOr(upstream, parseOrigin, SHAPES.upstream);
  const places = { upstream, upstreamWithoutGateway: DEFAULT_UPSTREAM };
  const { snapshot, findings, provenance } = loadIstio(sources, {
    ...places,
    workload: asked,
    mesh,
    forEnvoy: true,
  });
  const refusals = snapshot === null ? [] : refusalsOf(snapshot, provenance);
  const options = renderOptionsOf(sources, io.color);
  for (const finding of [...findings.list, ...refusals]) io.err(`${renderFinding(finding, options)}\n`);
  if (snapshot === null || refusals.length > 0) io.exitCode = EXIT.configInvalid;
  else io.out(ejectBootstrap(snapshot));
}

/** Envoy's own files are not istiod's business. */
function manifestsOf(sources: readonly ConfigSource[], io: CliIo): ConfigSource[] {
  const manifests = sources.filter(looksLikeManifests);
  if (manifests.length === 0)
    throw new UserError('there is no Istio manifest among the files', EXIT.wrongUse);
  for (const { name } of sources.filter((source) => !manifests.includes(source))) {
    io.err(`${name}: no Istio manifest, has no part in this and is passed over\n`);
  }
  return manifests;
}

/** What Envoy would refuse of what would be printed: a key set that Istio takes and Envoy does not, a certificate that is none. */
function refusalsOf(snapshot: Snapshot, provenance: Provenance): Finding[] {
  const findings = new Findings(provenance);
  compileSnapshot(snapshot, { findings, clock: systemClock, jwks: null });
  return findings.list.filter(({ severity, envoy }) => severity === 'error' && envoy === 'refuses');
}

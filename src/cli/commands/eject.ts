import type { Command } from 'commander';
import { ejectBootstrap, ejectFilters, loadIstio, parseOrigin } from '../../control/istio/index.ts';
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
  const sources = await readSources(files, io);
  if (flags.filters === true) {
    if (flags.json !== true) throw new UserError('--filters prints JSON: add --json', EXIT.wrongUse);
    io.out(`${JSON.stringify(ejectFilters(sources, parseSetting(flags, io)), null, 1)}\n`);
    return;
  }
  const { mesh, workload } = parseSetting(flags, io);
  const asked = flags.namespace === undefined ? undefined : { ...workload, kind: 'gateway' as const };
  const { upstream } = flags;
  parsedOr(upstream, parseOrigin, SHAPES.upstream);
  const places = { upstream, upstreamWithoutGateway: DEFAULT_UPSTREAM };
  const loaded = loadIstio(sources, { ...places, workload: asked, mesh, forEnvoy: true });
  const options = renderOptionsOf(sources, io.color);
  for (const finding of loaded.findings.list) io.err(`${renderFinding(finding, options)}\n`);
  if (loaded.snapshot === null) io.exitCode = EXIT.configInvalid;
  else io.out(ejectBootstrap(loaded.snapshot));
}

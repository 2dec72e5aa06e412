import { type ConfigSource, loadConfigDump } from '../../control/config/index.ts';
import type { Finding, Findings, Provenance, Snapshot } from '../../resources/index.ts';
import { ANY_UPSTREAM } from '../any-upstream.ts';
import { EXIT } from '../exit-code.ts';
import { type CliIo, UserError } from '../io.ts';
import { sayFindings } from '../say-findings.ts';
import { loadSources, readSources } from './run-sources.ts';
import type { WhyFlags } from './why.ts';

/** What `why` asks. */
export interface Loaded {
  snapshot: Snapshot;
  provenance: Provenance;
  findings: Findings;
  sources: readonly ConfigSource[];
}

/** @returns null when the configuration cannot be read, which has been told */
export async function load(flags: WhyFlags, io: CliIo): Promise<Loaded | null> {
  if ((flags.config.length === 0) === (flags.configDump === undefined)) {
    throw new UserError('why needs either -c FILE or --config-dump FILE', EXIT.wrongUse);
  }
  const sources = await readSources(flags.configDump === undefined ? flags.config : [flags.configDump], io);
  const loaded =
    flags.configDump === undefined
      ? await loadFiles(sources, flags, io)
      : loadConfigDump(sources[0] as ConfigSource);
  if (loaded.snapshot !== null) return { ...loaded, snapshot: loaded.snapshot, sources };
  refuseConfig(loaded.findings.list, sources, io);
  return null;
}

function loadFiles(sources: readonly ConfigSource[], flags: WhyFlags, io: CliIo) {
  const { upstream, workload, gateway, mesh } = flags;
  const places = { upstream, upstreamWithoutGateway: ANY_UPSTREAM, listen: undefined };
  return loadSources(sources, { strict: false, ...places, workload, gateway, mesh }, io);
}

export function refuseConfig(
  findings: readonly Finding[],
  sources: readonly ConfigSource[],
  io: CliIo,
): void {
  sayFindings(
    findings.filter(({ severity }) => severity === 'error'),
    sources,
    io,
  );
  io.exitCode = EXIT.configInvalid;
}

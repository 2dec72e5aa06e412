import { readFileSync } from 'node:fs';
import {
  type ConfigSource,
  type LoadedConfig,
  loadConfig,
  looksLikeManifests,
} from '../../control/config/index.ts';
import { EXIT } from '../exit-code.ts';
import { type CliIo, UserError } from '../io.ts';

export interface SourceOptions {
  strict: boolean;
  /** Where admitted requests go; only for Istio manifests. */
  upstream: string | undefined;
  /** Where a gate on Istio manifests listens. */
  listen: { address: string; port: number } | undefined;
  /** `NAMESPACE/LABEL=VALUE,…`: which workload's policies; default: the one that all of them are for. */
  workload?: string | undefined;
}

/** Reads the files of a command line; `-` is the standard input. */
export async function readSources(files: readonly string[], io: CliIo): Promise<ConfigSource[]> {
  const sources: ConfigSource[] = [];
  for (const file of files) {
    const text = file === '-' ? await io.readStdin() : readText(file, 'configuration');
    sources.push({ name: file === '-' ? '<stdin>' : file, text });
  }
  return sources;
}

/** @throws UserError that names the file when it cannot be read. */
export function readText(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : code;
    throw new UserError(`cannot read the ${what} \`${file}\`: ${reason}; check the path`, EXIT.wrongUse);
  }
}

/** Loads Envoy's words or Istio's, whichever the files are in. */
export async function loadSources(
  sources: readonly ConfigSource[],
  options: SourceOptions,
  io: CliIo,
): Promise<LoadedConfig> {
  const { strict, upstream, workload } = options;
  if (sources.some(looksLikeManifests)) return loadManifests(sources, options, io);
  const alien = upstream !== undefined ? '--upstream' : workload !== undefined ? '--workload' : undefined;
  if (alien === undefined) return loadConfig(sources, { strict, env: process.env });
  throw new UserError(
    `${alien} is for Istio manifests; an Envoy file names its own clusters, which --connect-to moves`,
    EXIT.wrongUse,
  );
}

/** Istio's plane is loaded only where there are manifests. */
async function loadManifests(
  sources: readonly ConfigSource[],
  options: SourceOptions,
  io: CliIo,
): Promise<LoadedConfig> {
  const { strict, upstream, listen } = options;
  const other = sources.find((source) => !looksLikeManifests(source));
  if (other !== undefined) {
    throw new UserError(
      `\`${other.name}\` is no Istio manifest and the other files are; give files of one kind`,
      EXIT.wrongUse,
    );
  }
  if (upstream === undefined) {
    throw new UserError(
      'Istio manifests name no upstream; say where requests go with --upstream URL',
      EXIT.wrongUse,
    );
  }
  const { loadIstio, parseWorkload } = await import('../../control/istio/index.ts');
  const workload = workloadOf(options.workload, parseWorkload);
  const loaded = loadIstio(sources, { upstream, strict, workload, listen });
  for (const { kind, name, at } of loaded.passedOver) {
    io.err(`${at.file}:${at.line}: ${kind} \`${name}\` has no part in this and is passed over\n`);
  }
  return loaded;
}

function workloadOf<Workload>(text: string | undefined, parse: (text: string) => Workload | null) {
  const workload = text === undefined ? undefined : parse(text);
  if (workload !== null) return workload;
  throw new UserError(`\`${text}\` is not of the shape --workload NAMESPACE/LABEL=VALUE,…`, EXIT.wrongUse);
}

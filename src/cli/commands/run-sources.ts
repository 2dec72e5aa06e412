import {
  type ConfigSource,
  type LoadedConfig,
  loadConfig,
  looksLikeBootstrap,
  looksLikeConfigDump,
  looksLikeManifests,
} from '../../control/config/index.ts';
import type { IstioMemory } from '../../control/istio/index.ts';
import { decodeText } from '../decode-text.ts';
import { EXIT } from '../exit-code.ts';
import { type CliIo, UserError } from '../io.ts';
import { parsedOr, SHAPES } from '../parsed-or.ts';
import { filesIn, readBytes } from '../read-file.ts';
import { renderPassedOver } from '../render-passed-over.ts';

export interface SourceOptions {
  strict: boolean;
  /** Where requests go that no file says more of; only for Istio manifests. */
  upstream: string | undefined;
  /** As `upstream`, where the manifests have no Gateway. */
  upstreamWithoutGateway?: string | undefined;
  /** Where a gate on Istio manifests listens. */
  listen: { address: string; port: number } | undefined;
  /** `NAMESPACE/LABEL=VALUE,…`: which workload's policies; default: the one that all of them are for. */
  workload?: string | undefined;
  /** Takes a workload that nothing in the manifests is for. */
  allowUnknownWorkload?: boolean | undefined;
  /** `NAME` or `NAMESPACE/NAME` of the Gateway to be. */
  gateway?: string | undefined;
  /** A file with Istio's mesh configuration. */
  mesh?: string | undefined;
  /** What is known of an earlier reading of the files; filled in. */
  memory?: { istio?: IstioMemory } | undefined;
  /** Reads a file that a configuration names; throws when it cannot. Default: the disk. */
  readFile?: ((path: string) => Uint8Array) | undefined;
}

/**
 * Reads the files of a command line; `-` is the standard input. Of a folder all YAML and JSON in it, by name: what is neither for Istio
 * nor for Envoy there is passed over by name.
 */
export async function readSources(files: readonly string[], io: CliIo): Promise<ConfigSource[]> {
  const sources: ConfigSource[] = [];
  const named = new Set(files);
  for (const file of files.flatMap((path) => filesIn(path, 'configuration'))) {
    const text = file === '-' ? await io.readStdin() : decodeText(readBytes(file, 'configuration'), file);
    const source = { name: file === '-' ? '<stdin>' : file, text };
    if (named.has(file) || mayBeConfiguration(source)) sources.push(source);
    else io.err(`${file}: neither for Istio nor for Envoy, has no part in this and is passed over\n`);
  }
  return sources;
}

function mayBeConfiguration(source: ConfigSource): boolean {
  return looksLikeManifests(source) || looksLikeConfigDump(source) || looksLikeBootstrap(source);
}

/** @throws UserError that names the file when it cannot be read. */
export function readText(file: string, what: string): string {
  return readBytes(file, what).toString('utf8');
}

/** Loads Envoy's words, Istio's, or both: whatever the files are in. */
export async function loadSources(
  sources: readonly ConfigSource[],
  options: SourceOptions,
  io: CliIo,
): Promise<LoadedConfig> {
  const envoy = sources.filter((source) => !looksLikeManifests(source));
  const { strict, readFile } = options;
  const config = { strict, readFile, env: process.env };
  if (envoy.length < sources.length) {
    const beside = envoy.length === 0 ? undefined : loadConfig(envoy, config);
    return loadManifests(sources.filter(looksLikeManifests), options, beside, io);
  }
  refuseAlienFlags(sources, options);
  return loadConfig(sources, config);
}

const MANIFEST_FLAGS = ['upstream', 'workload', 'gateway', 'mesh'] as const;

/** @throws UserError for a flag that is for Istio manifests where there are none. */
export function refuseAlienFlags(
  sources: readonly ConfigSource[],
  flags: { readonly [flag in (typeof MANIFEST_FLAGS)[number]]?: string | undefined },
): void {
  const alien = MANIFEST_FLAGS.find((flag) => flags[flag] !== undefined);
  if (alien === undefined || sources.some(looksLikeManifests)) return;
  throw new UserError(
    `--${alien} is for Istio manifests; an Envoy file names its own clusters, which --connect-to moves`,
    EXIT.wrongUse,
  );
}

/** Istio's plane is loaded only where there are manifests. */
async function loadManifests(
  sources: readonly ConfigSource[],
  options: SourceOptions,
  beside: LoadedConfig | undefined,
  io: CliIo,
): Promise<LoadedConfig> {
  const [{ IstioMemory, loadIstio, parseOrigin, parseWorkload }, { readMesh }] = await Promise.all([
    import('../../control/istio/index.ts'),
    import('./read-mesh.ts'),
  ]);
  const workload = parsedOr(options.workload, parseWorkload, SHAPES.workload);
  parsedOr(options.upstream, parseOrigin, SHAPES.upstream);
  const mesh = readMesh(options.mesh, io);
  const memory = options.memory?.istio ?? new IstioMemory();
  if (options.memory !== undefined) options.memory.istio = memory;
  const loaded = loadIstio(sources, { ...options, workload, beside, mesh, memory });
  io.err(renderPassedOver(loaded.passedOver));
  return loaded;
}

/** @throws UserError for a file that holds no certificate: trusting nothing in silence would only show as refusals later. */
export function readRoots(file: string): string {
  const text = readText(file, 'roots');
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new UserError(
    `\`${file}\` holds no PEM certificate; --trust wants the roots to trust`,
    EXIT.wrongUse,
  );
}

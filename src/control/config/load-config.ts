import { Findings, Provenance, type Snapshot } from '../../resources/index.ts';
import type { ConfigSource } from './source/source-node.ts';

export interface LoadOptions {
  /** Refuses what is only warned of otherwise. */
  strict?: boolean | undefined;
  /** Reads a file that the configuration names; throws when it cannot. Default: the disk, relative to the working folder. */
  readFile?: ((path: string) => Uint8Array) | undefined;
  /** Environment variables that the configuration names. Default: none. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
}

export interface LoadedConfig {
  /** Null when a finding keeps the configuration from being loaded. A lint of error level alone does not. */
  snapshot: Snapshot | null;
  /** Everything there is to say, sorted by place. */
  findings: Findings;
  provenance: Provenance;
}

/** Reads Envoy bootstrap texts (YAML or JSON); several are merged in order, lists append. Never throws for what is in them. */
export function loadConfig(_sources: readonly ConfigSource[], _options: LoadOptions = {}): LoadedConfig {
  const provenance = new Provenance();
  return { snapshot: null, findings: new Findings(provenance), provenance };
}

import { Findings, Provenance } from '../../resources/index.ts';
import type { LoadedConfig, LoadOptions } from './load-config.ts';
import type { ConfigSource } from './source/source-node.ts';

/** Reads what Envoy's admin prints at `/config_dump`. Paths are JSON paths into the dump. */
export function loadConfigDump(_source: ConfigSource, _options: LoadOptions = {}): LoadedConfig {
  const provenance = new Provenance();
  return { snapshot: null, findings: new Findings(provenance), provenance };
}

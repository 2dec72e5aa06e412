export { CODE_ENTRIES, type CodeEntry, explainCode } from './codes.ts';
export { nearMiss } from './decode/near-miss.ts';
export { type DecodeOptions, decodeNode, decodeYaml, parseYaml } from './decode-yaml.ts';
export { buildEnvoySchema, buildIstioSchema } from './json-schema/build-json-schema.ts';
export { issuerMismatch } from './lints/issuer-mismatch.ts';
export { type LoadedConfig, type LoadOptions, loadConfig } from './load-config.ts';
export { loadConfigDump } from './load-config-dump.ts';
export { looksLikeBootstrap } from './looks-like-bootstrap.ts';
export { looksLikeConfigDump } from './looks-like-config-dump.ts';
export { looksLikeManifests } from './looks-like-manifests.ts';
export { settleFindings } from './settle-findings.ts';
export {
  type ConfigSource,
  entryOf,
  type ListNode,
  type MapEntry,
  type MapNode,
  type ScalarNode,
  type SourceNode,
  scalarAt,
} from './source/source-node.ts';

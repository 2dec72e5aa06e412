import { type MeshConfig, MeshConfigSchema } from '#schema/istio/mesh_pb.js';
import { type Finding, Findings, Provenance } from '../../resources/index.ts';
import { type ConfigSource, decodeYaml } from '../config/index.ts';

/**
 * Reads a mesh configuration. Of its many settings only those that decide what a policy becomes are known; the others are findings
 * of no weight.
 */
export function parseMesh(source: ConfigSource): { mesh: MeshConfig | null; findings: readonly Finding[] } {
  const provenance = new Provenance();
  const findings = new Findings(provenance);
  const mesh = decodeYaml(MeshConfigSchema, source, { findings, provenance });
  return { mesh, findings: findings.list };
}

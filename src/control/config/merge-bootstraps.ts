import type { Bootstrap } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';

/** Merges as protobuf does at the level that matters: the resources append, of everything else the last one written holds. */
export function mergeBootstraps(bootstraps: readonly Bootstrap[]): Bootstrap | null {
  const [first, ...rest] = bootstraps;
  return first === undefined ? null : rest.reduce(merge, first);
}

function merge(into: Bootstrap, from: Bootstrap): Bootstrap {
  const merged = Object.fromEntries(
    Object.entries(from).filter(([name, value]) => name !== 'staticResources' && isWritten(value)),
  );
  Object.assign(into, merged);
  if (from.staticResources === undefined) return into;
  if (into.staticResources === undefined) into.staticResources = from.staticResources;
  else {
    into.staticResources.listeners.push(...from.staticResources.listeners);
    into.staticResources.clusters.push(...from.staticResources.clusters);
    into.staticResources.secrets.push(...from.staticResources.secrets);
  }
  return into;
}

function isWritten(value: unknown): boolean {
  if (value === undefined || value === '' || value === false || value === 0) return false;
  if (Array.isArray(value)) return value.length > 0;
  return !(typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

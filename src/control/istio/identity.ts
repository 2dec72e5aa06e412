import type { ObjectMeta } from '#schema/istio/meta_pb.js';

/** What every Istio object is known by. */
export interface IstioObject {
  metadata?: ObjectMeta | undefined;
}

/** Kubernetes puts an object without a namespace into `default`. */
export function namespaceOf(object: IstioObject): string {
  return object.metadata?.namespace || 'default';
}

export function nameOf(object: IstioObject): string {
  return object.metadata?.name ?? '';
}

/** Where an object's name is written: the place of what is said about the object as a whole. */
export function nameplateOf(object: IstioObject): { about: object; field?: string } {
  return object.metadata === undefined ? { about: object } : { about: object.metadata, field: 'name' };
}

const DRY_RUN = 'istio.io/dry-run';

/** The dry-run annotation as Go's `ParseBool` reads it; null when it is no boolean, false when it is absent. */
export function dryRunOf(object: IstioObject): boolean | null {
  const text = object.metadata?.annotations[DRY_RUN];
  if (text === undefined) return false;
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  return ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text) ? false : null;
}

/** Oldest first, then by name and namespace. Objects without a time of creation count as the youngest: they are about to be made. */
export function inOrderOfCreation<T extends IstioObject>(objects: readonly T[]): T[] {
  const created = (object: T) => {
    const ms = Date.parse(object.metadata?.creationTimestamp ?? '');
    return Number.isNaN(ms) ? Number.POSITIVE_INFINITY : ms;
  };
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return objects.toSorted((a, b) => {
    const [left, right] = [created(a), created(b)];
    if (left !== right) return left < right ? -1 : 1;
    return compare(nameOf(a), nameOf(b)) || compare(namespaceOf(a), namespaceOf(b));
  });
}

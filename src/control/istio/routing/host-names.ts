/**
 * A host as Istio's networking kinds write it, made whole: a name without a dot is a service of the object's own namespace. `*` and
 * names with a dot stand for themselves.
 */
export function wholeHost(host: string, namespace: string): string {
  return host === '*' || host.includes('.') ? host : `${host}.${namespace}.svc.cluster.local`;
}

/** Whether every name that `narrow` stands for is one that `wide` stands for. Only a star in front has a meaning. */
export function hostCovers(wide: string, narrow: string): boolean {
  const [outer, inner] = [wide.toLowerCase(), narrow.toLowerCase()];
  if (outer === inner || outer === '*') return true;
  if (!outer.startsWith('*')) return false;
  const suffix = outer.slice(1);
  const name = inner.startsWith('*') ? inner.slice(1) : inner;
  return name.endsWith(suffix) && (inner.startsWith('*') || name.length > suffix.length);
}

/** The names that both stand for: the narrower of the two, or none. */
export function commonHost(a: string, b: string): string | null {
  if (hostCovers(a, b)) return b;
  return hostCovers(b, a) ? a : null;
}

/** Reads a gateway server's `[NAMESPACE/]HOST`; `.` is the gateway's own namespace, none or `*` any. */
export function parseServerHost(
  text: string,
  ownNamespace: string,
): { namespace: string | null; host: string } {
  const slash = text.indexOf('/');
  if (slash < 0) return { namespace: null, host: text };
  const written = text.slice(0, slash);
  const namespace = written === '.' ? ownNamespace : written === '*' ? null : written;
  return { namespace, host: text.slice(slash + 1) };
}

/** Whether an object with this `exportTo` is seen from another namespace. */
export function isExportedTo(exportTo: readonly string[], own: string, viewer: string): boolean {
  if (exportTo.length === 0) return true;
  return exportTo.some((to) => to === '*' || to === viewer || (to === '.' && own === viewer));
}

/** Where connections for one `host:port` go instead (curl's `--connect-to HOST:PORT:ADDR:PORT`). */
export interface ConnectTo {
  host: string;
  port: number;
  address: string;
  toPort: number;
}

/** Reads `HOST:PORT:ADDR:PORT`; IPv6 addresses in brackets. @returns null when the text is not that. */
export function parseConnectTo(text: string): ConnectTo | null {
  const match = /^(\[[^\]]+\]|[^:[\]]*):(\d*):(\[[^\]]+\]|[^:[\]]+):(\d+)$/.exec(text);
  if (match === null) return null;
  const [, host, port, address, toPort] = match as unknown as [string, string, string, string, string];
  const rule = {
    host: bare(host),
    port: Number(port || '0'),
    address: bare(address),
    toPort: Number(toPort),
  };
  return rule.port > 65_535 || rule.toPort > 65_535 || rule.toPort === 0 ? null : rule;
}

/** Whether a rule speaks of an endpoint. */
export const fitsConnectTo = (rule: ConnectTo, host: string, port: number): boolean =>
  (rule.host === '' || rule.host === host) && (rule.port === 0 || rule.port === port);

/** Where to connect for an endpoint; an empty host or port in a rule stands for every one, the first rule that fits counts. */
export function applyConnectTo(
  rules: readonly ConnectTo[],
  host: string,
  port: number,
): { host: string; port: number } {
  const rule = rules.find((one) => fitsConnectTo(one, host, port));
  return rule === undefined ? { host, port } : { host: rule.address, port: rule.toPort };
}

const bare = (host: string) => host.replace(/^\[|\]$/g, '');

import { parsePort } from '../authz/port.ts';
import type { Origin } from './upstream-cluster.ts';

/** Reads `http://host[:port]` or `https://host[:port]`, with nothing but a slash behind; null for anything else. */
export function parseOrigin(text: string): Origin | null {
  const match = /^(https?):\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d+))?\/?$/i.exec(text);
  if (match === null) return null;
  const tls = (match[1] as string).toLowerCase() === 'https';
  const port = match[3] === undefined ? (tls ? 443 : 80) : parsePort(match[3]);
  if (port === null || port === 0) return null;
  return { tls, host: bareHost(match[2] as string), port };
}

/** An IPv6 address without its brackets. */
export function bareHost(host: string): string {
  return host.replaceAll(/^\[|\]$/g, '');
}

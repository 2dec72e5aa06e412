import { isIPv6 } from 'node:net';

const REG_NAME = /^(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$/;
const IP_LITERAL = /^\[[0-9A-Fa-f:.]+\]$/;
const PORT = /^[0-9]{0,5}$/;
const TARGET_AUTHORITY = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9.-]{1,4096}))(?::([0-9]{1,5}))?$/;
const PORT_MAX = 65_535;

/** Whether a text is `host [":" port]` (RFC 3986 §3.2) without user information. The host may be empty, as in RFC 9112 §3.2. */
export function isAuthority(text: string): boolean {
  if (text.length > 4096) return false;
  const hostEnd = text.startsWith('[') ? text.indexOf(']') + 1 : text.indexOf(':');
  if (text.startsWith('[') && hostEnd === 0) return false;
  const host = hostEnd < 0 ? text : text.slice(0, hostEnd);
  const rest = hostEnd < 0 ? '' : text.slice(hostEnd);
  if (rest !== '' && !(rest.startsWith(':') && PORT.test(rest.slice(1)))) return false;
  return text.startsWith('[') ? IP_LITERAL.test(host) : REG_NAME.test(host);
}

/**
 * Whether a text is the `host [":" port]` of an absolute target, of which Envoy takes less than of Host (Envoy: utility.cc,
 * Utility::Url): letters, digits, dots and hyphens, or an IPv6 address in brackets; a port that is one.
 */
export function isTargetAuthority(text: string): boolean {
  const [, literal, name, port] = TARGET_AUTHORITY.exec(text) ?? [];
  if (literal === undefined && name === undefined) return false;
  if (literal !== undefined && !isIPv6(literal)) return false;
  return port === undefined || Number(port) <= PORT_MAX;
}

/** Where the colon of a port is, also of an empty one; -1: there is none (Envoy: header_utility.cc, getPortStart). */
export function portColonOf(authority: string): number {
  const colon = authority.lastIndexOf(':');
  return colon > authority.lastIndexOf(']') ? colon : -1;
}

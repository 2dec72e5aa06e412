const REG_NAME = /^(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$/;
const IP_LITERAL = /^\[[0-9A-Fa-f:.]+\]$/;
const PORT = /^[0-9]{0,5}$/;

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

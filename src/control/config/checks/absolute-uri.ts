import { isIpAddress } from './ip-address.ts';

const PORT_MAX = 65_535;

/** Scheme, user information, host and port; behind them a path or a query of what can be printed in ASCII, and no fragment alone. */
const ABSOLUTE_URI =
  /^[A-Za-z][A-Za-z0-9+.-]*:\/\/(?:[\w.!~*'();:&=+$,%-]*@)?(?:\[([^\]%]+(?:%[^\]%]+)?)\]|[A-Za-z0-9.-]+)(?::(\d+))?(?:[/?][!-~]*)?$/;

/** Whether Envoy can ask for it: any scheme will do, a host is of letters, digits, `-` and `.` or an address in brackets (http_parser's URL grammar). */
export function isAbsoluteUri(uri: string): boolean {
  const match = ABSOLUTE_URI.exec(uri);
  if (match === null) return false;
  const [, address, port] = match;
  return (address === undefined || isIpAddress(address)) && Number(port ?? 0) <= PORT_MAX;
}

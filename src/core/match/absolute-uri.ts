import { parseIpAddress } from './ip-range.ts';

const PORT_MAX = 65_535;

/** Scheme, user information, host and port; behind them a path or a query of what can be printed in ASCII, and no fragment alone. */
const ABSOLUTE_URI =
  /^[A-Za-z][A-Za-z0-9+.-]*:\/\/(?:([\w.!~*'();:&=+$,%-]*)@)?(?:\[([^\]%]+(?:%[^\]%]+)?)\]|[A-Za-z0-9.-]+)(?::(\d+))?([/?][!-~]*)?$/;

/** Parts of an absolute URI, each empty where there is none. */
export interface AbsoluteUri {
  userInfo: string;
  /** In brackets; with `%` and the name of an interface, maybe. */
  address: string;
  /** Path, query and fragment. */
  rest: string;
}

/**
 * An absolute URI as Envoy reads it: any scheme will do, a host is of letters, digits, `-` and `.` or an address in brackets
 * (http_parser's URL grammar).
 * @returns null where it is none
 */
export function readAbsoluteUri(uri: string): AbsoluteUri | null {
  const match = ABSOLUTE_URI.exec(uri);
  if (match === null) return null;
  const [, userInfo = '', address = '', port, rest = ''] = match;
  if (address !== '' && parseIpAddress(address) === null) return null;
  return Number(port ?? 0) <= PORT_MAX ? { userInfo, address, rest } : null;
}

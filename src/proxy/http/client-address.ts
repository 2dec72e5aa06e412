import { formatIpAddress, type MatchedRequest, parseIpAddress } from '../../core/match/index.ts';

interface Peer {
  readonly remoteAddress: string;
  readonly remotePort?: number;
}

/** How a connection manager finds a client's address. */
export interface ClientAddressRule {
  /** `use_remote_address`: the peer is the client. */
  useRemoteAddress: boolean;
  /** `xff_num_trusted_hops`. */
  trustedHops: number;
}

/**
 * What `x-forwarded-for`, as it was received, says of the client. With `use_remote_address` the client is the peer, or the address that the
 * first of the trusted hops in front of the peer wrote; without, it is the last of the field, or as many before it as hops are trusted
 * (Envoy: conn_manager_utility.cc).
 * @returns undefined where the client is the peer
 */
export function forwardedClientOf(
  { headers }: MatchedRequest,
  { useRemoteAddress, trustedHops }: ClientAddressRule,
): string | undefined {
  const at = headers.names.indexOf('x-forwarded-for');
  if (at < 0 || (useRemoteAddress && trustedHops === 0)) return undefined;
  const addresses = (headers.values[at] as string).split(',');
  const skipped = useRemoteAddress ? trustedHops - 1 : trustedHops;
  return spelledAlike(addresses[addresses.length - 1 - skipped] ?? '');
}

/** An address with an interface's number, and blanks around it: only these are blanks (Envoy: string_util.h). */
const WRITTEN = /^[ \t\v\f]*([^\s%]+)(?:%(\d{1,9}))?[ \t\v\f]*$/;

/** Whoever is written down is one client however the address is spelled: limits and matchers count texts. */
function spelledAlike(written: string): string | undefined {
  const [, text = '', zone = '0'] = WRITTEN.exec(written) ?? [];
  const address = parseIpAddress(text);
  if (address === null) return undefined;
  if (address.length === 4) return written.includes('%') ? undefined : text;
  return formatIpAddress(address) + (Number(zone) === 0 ? '' : `%${Number(zone)}`);
}

/** The client of a prepared request, whatever became of its fields since: an address out of a header has port 0. */
export function clientOf(
  { clientAddress }: MatchedRequest,
  { remoteAddress, remotePort = 0 }: Peer,
): { address: string; port: number } {
  return clientAddress === undefined
    ? { address: remoteAddress, port: remotePort }
    : { address: clientAddress, port: 0 };
}

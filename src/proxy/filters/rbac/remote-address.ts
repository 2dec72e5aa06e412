import { type MatchedRequest, parseIpAddress } from '../../../core/match/index.ts';
import type { RemoteAddressRule } from '../filter.ts';

interface Peer {
  readonly remoteAddress: string;
  readonly remotePort?: number;
}

/** The client's address, see `remotePeerOf`. */
export function remoteAddressOf(request: MatchedRequest, connection: Peer, rule: RemoteAddressRule): string {
  return remotePeerOf(request, connection, rule).address;
}

/**
 * The client. With `use_remote_address` it is the peer, or the address that the first of the trusted hops in front of the peer wrote;
 * without, it is the last of `x-forwarded-for`, or as many before it as hops are trusted. Where there is none the peer. An address from
 * the header has port 0 (Envoy: conn_manager_utility.cc).
 */
export function remotePeerOf(
  request: MatchedRequest,
  { remoteAddress, remotePort = 0 }: Peer,
  { usesPeer, trustedHops, appendsPeer }: RemoteAddressRule,
): { address: string; port: number } {
  const peer = { address: remoteAddress, port: remotePort };
  const at = request.headers.names.indexOf('x-forwarded-for');
  if (at < 0 || (usesPeer && trustedHops === 0)) return peer;
  const addresses = (request.headers.values[at] as string).split(',');
  const skipped = usesPeer ? trustedHops - 1 + (appendsPeer ? 1 : 0) : trustedHops;
  const text = addresses[addresses.length - 1 - skipped]?.trim() ?? '';
  return parseIpAddress(text) === null ? peer : { address: text, port: 0 };
}

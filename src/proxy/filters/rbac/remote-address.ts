import { type MatchedRequest, parseIpAddress } from '../../../core/match/index.ts';
import type { RemoteAddressRule } from '../filter.ts';

/**
 * The client's address. With `use_remote_address` it is the peer's, or the address that the first of the trusted hops in front of the
 * peer wrote; without, it is the last of `x-forwarded-for`, or as many before it as hops are trusted. Where there is none the peer's
 * (Envoy: conn_manager_utility.cc).
 */
export function remoteAddressOf(
  request: MatchedRequest,
  connection: { readonly remoteAddress: string },
  { usesPeer, trustedHops, appendsPeer }: RemoteAddressRule,
): string {
  const at = request.headers.names.indexOf('x-forwarded-for');
  if (at < 0 || (usesPeer && trustedHops === 0)) return connection.remoteAddress;
  const addresses = (request.headers.values[at] as string).split(',');
  const skipped = usesPeer ? trustedHops - 1 + (appendsPeer ? 1 : 0) : trustedHops;
  const text = addresses[addresses.length - 1 - skipped]?.trim() ?? '';
  return parseIpAddress(text) === null ? connection.remoteAddress : text;
}

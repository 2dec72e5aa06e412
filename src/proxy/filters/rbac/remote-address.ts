import { type MatchedRequest, parseIpAddress } from '../../../core/match/index.ts';
import type { RemoteAddressRule } from '../filter.ts';

/**
 * The client's address: by default the last one of `x-forwarded-for`, or so many before it as hops are trusted; the peer's where
 * that is none (Envoy: conn_manager_utility.cc).
 */
export function remoteAddressOf(
  request: MatchedRequest,
  connection: { readonly remoteAddress: string },
  { usesPeer, trustedHops }: RemoteAddressRule,
): string {
  if (usesPeer) return connection.remoteAddress;
  const at = request.headers.names.indexOf('x-forwarded-for');
  if (at < 0) return connection.remoteAddress;
  const addresses = (request.headers.values[at] as string).split(',');
  const text = addresses[addresses.length - 1 - trustedHops]?.trim() ?? '';
  return parseIpAddress(text) === null ? connection.remoteAddress : text;
}

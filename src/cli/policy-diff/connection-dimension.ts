import { addressesAround, onePerRanges } from './addresses-around.ts';
import type { Atoms } from './atoms.ts';
import type { Dimension, DimensionValue } from './dimension.ts';

/** What a connection may differ in. */
export interface Peer {
  remoteAddress: string;
  tls: boolean;
  serverName: string;
}

/** An address for documents (RFC 5737), which no policy names. */
const ELSEWHERE = '198.51.100.7';

export function connectionDimension({ peers, serverNames }: Atoms): Dimension<Peer> {
  const base: Peer = { remoteAddress: ELSEWHERE, tls: false, serverName: '' };
  const values: DimensionValue<Peer>[] = [{ label: 'plain', value: base }];
  const addresses = onePerRanges([ELSEWHERE, ...peers.flatMap(addressesAround)], peers);
  for (const address of addresses.filter((one) => one !== ELSEWHERE)) {
    values.push({ label: `from ${address}`, value: { ...base, remoteAddress: address } });
  }
  if (serverNames.size > 0) values.push({ label: 'TLS', value: { ...base, tls: true } });
  for (const serverName of serverNames) {
    values.push({ label: `TLS to ${serverName}`, value: { ...base, tls: true, serverName } });
  }
  return { name: 'connection', values };
}

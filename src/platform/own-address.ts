import { networkInterfaces } from 'node:os';

/** This machine's first address that is not loopback: what Envoy writes down for a peer on the same machine. */
export function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
  return all.find((one) => !one.internal && one.family === 'IPv4')?.address ?? '127.0.0.1';
}

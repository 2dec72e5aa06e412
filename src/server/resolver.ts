import { lookup } from 'node:dns/promises';
import type { AddressFamily } from '../proxy/upstream/index.ts';

/** A name's addresses as the machine resolves it now, of the wanted family; empty when there is none. */
export async function resolveName(name: string, family: AddressFamily): Promise<string[]> {
  try {
    const found = await lookup(name, { all: true, order: 'verbatim' });
    return chooseAddresses(found, family);
  } catch {
    return [];
  }
}

/** `auto` takes the family that the machine puts first, since an address without a route to it is of no use. */
export function chooseAddresses(
  found: readonly { address: string; family: number }[],
  family: AddressFamily,
): string[] {
  const of = (version: number) => found.filter((one) => one.family === version).map((one) => one.address);
  switch (family) {
    case 'v4':
      return of(4);
    case 'v6':
      return of(6);
    case 'all':
      return found.map((one) => one.address);
    case 'v4-preferred':
      return of(4).length > 0 ? of(4) : of(6);
    case 'auto':
      return of(found[0]?.family ?? 4);
  }
}

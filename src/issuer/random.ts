import { randomBytes } from 'node:crypto';

/** Where unguessable values come from; tests hand in one that repeats itself. */
export interface Random {
  bytes(count: number): Buffer;
}

export const systemRandom: Random = { bytes: (count) => randomBytes(count) };

/** A version 4 UUID (RFC 9562 §5.4). */
export function createUuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return renderUuid(bytes);
}

/** 128 random bits in the spelling of a UUID, without its version bits, as Keycloak 26 prints them. */
export function createUuidShape(random: Random): string {
  return renderUuid(random.bytes(16));
}

export function renderUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [8, 12, 16, 20, 32]
    .map((end, index, ends) => hex.slice(index === 0 ? 0 : ends[index - 1], end))
    .join('-');
}

import { randomFillSync } from 'node:crypto';
import type { HeaderList } from './header-list.ts';
import { latin1 } from './latin1.ts';
import type { RequestHead } from './request-head.ts';

const POOL_BYTES = 16 * 256;
const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/** Two hexadecimal digits for each byte. */
const DIGITS = Buffer.from(
  Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0')).join(''),
  'latin1',
);
const text = Buffer.from('00000000-0000-4000-8000-000000000000', 'latin1');
/** Where the digits of each of the sixteen bytes stand. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/**
 * A random UUID (RFC 9562, version 4) as one flat string. Node's own builds it of pieces that are put together only when it is
 * written, which costs more than the randomness.
 */
export function createRequestId(): string {
  if (used === POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  pool[used + 6] = (pool[used + 6]! & 0x0f) | 0x40;
  pool[used + 8] = (pool[used + 8]! & 0x3f) | 0x80;
  for (let i = 0; i < 16; i++) {
    const digits = pool[used + i]! * 2;
    const place = PLACES[i]!;
    text[place] = DIGITS[digits]!;
    text[place + 1] = DIGITS[digits + 1]!;
  }
  used += 16;
  return latin1(text, 0, 36);
}

/**
 * Tells the client its request's id: always, or where the request asks to be traced, which only those may that are refused before the
 * connection manager has cleaned them (Envoy: conn_manager_utility.cc, mutateResponseHeaders).
 */
export function tellRequestId(response: HeaderList, { headers }: RequestHead, isAlways: boolean): void {
  if (!isAlways && !headers.has('x-envoy-force-trace')) return;
  const id = headers.get('x-request-id');
  if (id !== undefined) response.set('x-request-id', id);
}

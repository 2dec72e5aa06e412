import type { HeaderList } from './header-list.ts';
import { REFUSAL, type Refusal } from './refusal.ts';

export interface ConnectionOptions {
  close: boolean;
  upgrade: boolean;
  refusal: Refusal | null;
}

const KEEP_ALIVE: ConnectionOptions = { close: false, upgrade: false, refusal: null };
const CLOSE: ConnectionOptions = { close: true, upgrade: false, refusal: null };
const REFUSED: ConnectionOptions = { close: true, upgrade: false, refusal: REFUSAL.badConnection };

/** Fields that no sender may call hop-by-hop: who the client is would be lost (Envoy: utility.cc, sanitizeConnectionHeader). */
const NEVER_NOMINATED = new Set(['host', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto']);
/** Framing is the codec's business whatever the sender calls it. */
const NOT_REMOVED = new Set(['', 'content-length', 'transfer-encoding', 'close', 'keep-alive', 'upgrade']);

/**
 * Reads a connection field (RFC 9110 §7.6.1) and removes the fields that it names. What the gate itself sets is set later, so
 * nobody can have it removed.
 */
export function applyConnectionOptions(value: string, headers: HeaderList): ConnectionOptions {
  if (value === '' || value === 'keep-alive' || value === 'Keep-Alive') return KEEP_ALIVE;
  if (value === 'close') return CLOSE;
  const options: ConnectionOptions = { close: false, upgrade: false, refusal: null };
  for (const part of value.toLowerCase().split(',')) {
    const name = part.trim();
    if (name === 'close') options.close = true;
    else if (name === 'upgrade') options.upgrade = true;
    if (NEVER_NOMINATED.has(name) || name.includes(':')) return REFUSED;
    if (!NOT_REMOVED.has(name)) headers.remove(name);
  }
  return options;
}

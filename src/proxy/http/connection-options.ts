import type { HeaderList } from './header-list.ts';
import { REFUSAL, type Refusal } from './refusal.ts';

/** What the connection field of a message asks for. */
export interface ConnectionOptions {
  close: boolean;
  upgrade: boolean;
  /** Only of a request: Envoy judges what clients may have removed, and leaves its upstreams alone. */
  refusal: Refusal | null;
}

const KEEP_ALIVE: ConnectionOptions = { close: false, upgrade: false, refusal: null };
const CLOSE: ConnectionOptions = { close: true, upgrade: false, refusal: null };

/** Fields that no client may call hop-by-hop: who it is would be lost (Envoy: utility.cc, sanitizeConnectionHeader). */
const NEVER_NOMINATED = new Set(['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto']);
/** Framing is the codec's business whatever the sender calls it; of `te` the codec keeps one word only. */
const NOT_REMOVED = new Set([
  '',
  'content-length',
  'transfer-encoding',
  'te',
  'close',
  'keep-alive',
  'upgrade',
]);
/** So many parts of a request's field, or more, are refused; empty ones do not count, blanks do (Envoy: utility.cc). */
const PARTS_REFUSED = 10;

/** Reads a request's connection field (RFC 9110 §7.6.1) and removes the fields that it names. What the gate sets is set later. */
export function applyRequestOptions(value: string, headers: HeaderList): ConnectionOptions {
  const known = commonOptions(value);
  if (known !== undefined) return known;
  const options: ConnectionOptions = { close: false, upgrade: false, refusal: null };
  const parts = value
    .toLowerCase()
    .split(',')
    .filter((part) => part !== '');
  if (parts.length >= PARTS_REFUSED) options.refusal = REFUSAL.badConnection;
  for (const part of parts) {
    const name = withoutOuterBlanks(part);
    if (NEVER_NOMINATED.has(name) || name.startsWith(':')) options.refusal = REFUSAL.badConnection;
    else if (name === 'host') options.refusal ??= REFUSAL.missingHost;
    apply(name, options, headers);
  }
  return options;
}

/** The same for a response, of which nothing is refused. */
export function applyResponseOptions(value: string, headers: HeaderList): ConnectionOptions {
  const known = commonOptions(value);
  if (known !== undefined) return known;
  const options: ConnectionOptions = { close: false, upgrade: false, refusal: null };
  for (const part of value.toLowerCase().split(',')) apply(withoutOuterBlanks(part), options, headers);
  return options;
}

/** A no-break space is no blank: what it stands beside is another name (RFC 9110 §5.6.3). */
function withoutOuterBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

const isBlank = (code: number) => code === 32 || code === 9;

function commonOptions(value: string): ConnectionOptions | undefined {
  if (value === '' || value === 'keep-alive' || value === 'Keep-Alive') return KEEP_ALIVE;
  return value === 'close' ? CLOSE : undefined;
}

function apply(name: string, options: ConnectionOptions, headers: HeaderList): void {
  if (name === 'close') options.close = true;
  else if (name === 'upgrade') options.upgrade = true;
  if (!NOT_REMOVED.has(name)) headers.remove(name);
}

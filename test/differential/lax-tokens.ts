import { parseJsonText } from '../../src/core/jwt/parse-json.ts';
import type { DifferentialCase, JsonObject, PlacedToken, PlayedRequest } from './case.ts';

/** A request with each lax token broken outright, and the rows of docs/divergences.md that say why it should have been. */
export interface Substitution {
  rows: string[];
  request: PlayedRequest;
  /** What stands in the request for each substitute. */
  replaced: readonly { before: string; after: string }[];
}

/**
 * Where jotgate refuses a token that Envoy takes, its answer must be Envoy's to a token in which that part is plainly wrong
 * (docs/divergences.md). This makes the requests to ask Envoy with: one, another or all of the tokens that jotgate may be strict about
 * broken, each in the part that is spelled laxly or, where jotgate does not take the key either, in the signature. Most likely first;
 * none when there is no such token.
 */
export function* substituteLaxTokens(request: PlayedRequest, one: DifferentialCase): Generator<Substitution> {
  const lax = (request.tokens ?? []).filter(({ token }) => breakToken(token, one) !== null);
  const every = 2 ** lax.length - 1;
  for (let subset = every; subset > 0; subset--) {
    const chosen = lax.filter((_, index) => (subset >> index) & 1);
    for (const breaker of [breakToken, breakSignature, breakWholly])
      yield substitute(request, chosen, one, breaker);
  }
}

type Breaker = (token: string, one: DifferentialCase) => Broken | null;

function substitute(
  request: PlayedRequest,
  chosen: readonly PlacedToken[],
  one: DifferentialCase,
  breaker: Breaker,
): Substitution {
  const rows: string[] = [];
  const replaced: { before: string; after: string }[] = [];
  for (const placed of chosen) {
    const broken = breaker(placed.token, one);
    if (broken === null) continue;
    rows.push(broken.row);
    replaced.push({ before: placed.token, after: broken.token });
    if (placed.spelled !== placed.token) {
      replaced.push({ before: placed.spelled, after: spellAlike(placed, broken.token) });
    }
  }
  const put = (text: string) =>
    replaced.reduce((all, { before, after }) => all.replaceAll(before, after), text);
  const headers = request.headers.map(([name, value]): [string, string] => [name, put(value)]);
  return { rows, request: { ...request, target: put(request.target), headers }, replaced };
}

function spellAlike({ spelled }: PlacedToken, token: string): string {
  const encoded = encodeURIComponent(token);
  return /%2e/i.test(spelled) ? encoded.replaceAll('.', '%2e') : encoded;
}

interface Broken {
  row: string;
  token: string;
}

const CANONICAL = /^[\w-]*$/;
const bytesOf = (part: string) => Buffer.from(part.replaceAll(/[\s=]/g, ''), 'base64url');
const isCanonical = (part: string) =>
  CANONICAL.test(part) && Buffer.from(part, 'base64url').toString('base64url') === part;

/** Breaks the first part of a token that jotgate is strict about, in a text of the same length. */
function breakToken(token: string, one: DifferentialCase): Broken | null {
  const parts = token.split('.').filter((part) => part !== '');
  if (parts.length !== 3) return null;
  if (token.split('.').length !== 3) return { row: 'T1', token: fillEmptyParts(token) };
  const [header, payload, signature] = parts as [string, string, string];
  const spelling = breakSpelling(header, payload, signature);
  if (spelling !== null) return spelling;
  const lifetime = breakLifetime(payload, one);
  if (lifetime !== null) return { row: 'T10', token: `${header}.${lifetime}.${signature}` };
  const row = rowOfSignature(header, signature, one);
  return row === null ? null : { row, token: `${header}.${payload}.${zeros(signature)}` };
}

/** As many characters and dots, with a letter in every part: too many parts for anyone. */
function fillEmptyParts(token: string): string {
  const moved = token
    .replaceAll(/\.(\.+)([^.])/g, (_, dots: string, next: string) => `.${next}${dots}`)
    .replace(/^(\.+)([^.])/, '$2$1')
    .replace(/([^.])(\.+)$/, '$2$1');
  return moved.split('.').includes('') ? token.replaceAll('.', 'A') : moved;
}

/** The same by the signature, which is what a key that is not taken comes to. */
function breakSignature(token: string, one: DifferentialCase): Broken | null {
  const broken = breakToken(token, one);
  const [header, payload, signature] = token.split('.').filter((part) => part !== '');
  return broken === null
    ? null
    : { row: broken.row, token: `${header}.${payload}.${zeros(signature ?? '')}` };
}

/** A signature of the one length that no Ed25519 key of the set calls wrong (23). */
function breakWholly(token: string, one: DifferentialCase): Broken | null {
  const broken = breakToken(token, one);
  const [header, payload] = token.split('.').filter((part) => part !== '');
  return broken === null ? null : { row: broken.row, token: `${header}.${payload}.${'A'.repeat(86)}` };
}

function breakSpelling(header: string, payload: string, signature: string): Broken | null {
  if (!isCanonical(header)) return { row: 'T2', token: `!${header.slice(1)}.${payload}.${signature}` };
  if (!isCanonical(payload)) return { row: 'T2', token: `${header}.!${payload.slice(1)}.${signature}` };
  if (!isStrictObject(header)) {
    return { row: 'T4', token: `A${header.slice(1)}.${payload}.${signature}` };
  }
  if (!isStrictObject(payload)) {
    const row = bytesOf(payload).toString() === 'null' ? 'T5' : 'T4';
    return { row, token: `${header}.A${payload.slice(1)}.${signature}` };
  }
  return isCanonical(signature) ? null : { row: 'T3', token: `${header}.${payload}.${zeros(signature)}` };
}

function isStrictObject(part: string): boolean {
  try {
    const value: unknown = JSON.parse(bytesOf(part).toString());
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

/** The same length, and as many bytes, nearly all of them zero: it verifies under no key. Where a `value_prefix` of `x` is found stays. */
const zeros = (signature: string) => signature.replaceAll(/[\w-]/g, (char) => (char === 'x' ? char : 'A'));

/** Envoy counts what is left of an `exp` of 2^63 or more in 64 bits with a sign: the payload without an expiry, which it refuses. */
function breakLifetime(payload: string, { manager }: DifferentialCase): string | null {
  const text = bytesOf(payload).toString();
  const { exp } = JSON.parse(text) as JsonObject;
  const isLongest = typeof exp === 'number' && exp >= 2 ** 63;
  if (!isLongest || !JSON.stringify(manager).includes('"max_lifetime"')) return null;
  const broken = text.replace(
    /("exp":)([^,}]+)/,
    (_, name: string, value: string) => name + '0'.padEnd(value.length),
  );
  return Buffer.from(broken).toString('base64url');
}

function rowOfSignature(headerPart: string, signature: string, one: DifferentialCase): string | null {
  const header = JSON.parse(bytesOf(headerPart).toString()) as JsonObject;
  if ('crit' in header) return 'T6';
  if ('b64' in header && header['b64'] !== true) return 'T7';
  const algorithm = String(header['alg']);
  const length = { ES256: 64, ES384: 96, ES512: 132 }[algorithm];
  if (length !== undefined && bytesOf(signature).length !== length) return 'T9';
  for (const key of publishedKeys(one)) {
    const row = rowOfKey(key, algorithm);
    if (row !== null) return row;
  }
  return null;
}

const FAMILIES: Record<string, string> = { RS: 'RSA', PS: 'RSA', ES: 'EC', HS: 'oct', Ed: 'OKP' };

function rowOfKey(key: JsonObject, algorithm: string): string | null {
  const { kty } = key;
  // To Envoy an `alg` that is no text is none.
  const alg = typeof key['alg'] === 'string' && key['alg'] !== '' ? key['alg'] : undefined;
  const isOther = FAMILIES[algorithm.slice(0, 2)] !== kty;
  if (isOther) return alg === undefined && (kty === 'oct' || kty === 'EC' || kty === 'OKP') ? 'T8' : null;
  return faultOfKey(key) ?? (alg === undefined && !fits(key, algorithm) ? 'T8' : null);
}

/** The row by which jotgate never takes a key. */
export function faultOfKey({ use, key_ops: operations, alg, kty, n, k }: JsonObject): string | null {
  if (use !== undefined && use !== 'sig') return 'K1';
  if (Array.isArray(operations) && !operations.includes('verify')) return 'K1';
  if (kty === 'RSA' && bytesOf(String(n)).length < 256) return 'K2';
  return kty === 'oct' && bytesOf(String(k)).length < minimumSecret(alg) ? 'K3' : null;
}

const minimumSecret = (alg: unknown) => (alg === 'HS384' ? 48 : alg === 'HS512' ? 64 : 32);

const CURVES: Record<string, string> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

function fits({ kty, crv, k }: JsonObject, algorithm: string): boolean {
  if (kty === 'RSA') return /^[RP]S/.test(algorithm);
  if (kty === 'EC') return CURVES[algorithm] === crv;
  if (kty === 'OKP') return algorithm === 'EdDSA';
  return algorithm.startsWith('HS') && bytesOf(String(k)).length >= minimumSecret(algorithm);
}

const PROVIDERS = /"inline_string":"((?:[^"\\]|\\.)*)"/g;

/** Every key of every set that the case has, inline or served. */
function publishedKeys({ manager, keys }: DifferentialCase): JsonObject[] {
  const text = JSON.stringify(manager);
  const inline = [...text.matchAll(PROVIDERS)].map(([, escaped]) => JSON.parse(`"${escaped}"`) as string);
  const bytes = [...text.matchAll(/"inline_bytes":"([^"]*)"/g)].map(([, base64]) =>
    Buffer.from(base64 ?? '', 'base64').toString(),
  );
  return [...inline, ...bytes, ...Object.values(keys).map(({ body }) => body)].flatMap(keysOfText);
}

/** What Envoy reads of a key set, its laxities included. */
const parseLeniently = (text: string) => parseJsonText(text.replace(/^\ufeff/, ''))?.value ?? {};

export function keysOfText(text: string): JsonObject[] {
  try {
    const document = parseLeniently(text) as { keys?: unknown };
    if (!Array.isArray(document.keys)) return [];
    return document.keys.filter((key): key is JsonObject => typeof key === 'object' && key !== null);
  } catch {
    return [];
  }
}

import { createHash } from 'node:crypto';
import type { JwtProvider } from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { Step } from '../../base/index.ts';
import { type JsonValue, parseToken } from '../../core/jwt/index.ts';
import { type Snapshot, walkMessages } from '../../resources/index.ts';
import type { RequestWords } from './build-request.ts';

const FINGERPRINT_LENGTH = 6;
const STRING = /"(?:[^"\\]|\\.)*"/g;
/** What no token has a say in: places, and parts of the request that are shown without their tokens. */
const PLAIN = /^(?:token [\da-f]+ in |path = |host = |header :(?:method|authority|scheme) )/;
/** A claim, or what else filters have written down, and its value as JSON. */
const CLAIM = /^((?:claim|metadata) .*? = )(.*)$/s;

/**
 * Shows values of claims as fingerprints. A text is let through if the configuration has it or the request outside of its tokens, so
 * that whatever way a claim comes into a note, it is not shown.
 */
export class ClaimRedactor {
  readonly #known = new Set<string>();
  readonly #claims: ReadonlySet<string>;

  constructor({ listeners }: Snapshot, { method, authority, path, headers }: RequestWords) {
    walkMessages(listeners, (message) => this.#know(Object.values(message)));
    const places = tokenPlaces(listeners);
    const isOpen = (name: string) => !places.headers.has(name.toLowerCase());
    const shown = headers.filter(([name]) => isOpen(name)).map(([, value]) => value);
    for (const text of [method, authority, path.split('?', 1)[0] ?? '', ...shown]) this.#known.add(text);
    if (!places.parameters.some((name) => path.includes(`${name}=`))) this.#known.add(path);
    const tokens = tokensIn([path, ...headers.map(([, value]) => value)]);
    this.#claims = new Set(tokens.flatMap(leavesOf).filter((leaf) => !this.#known.has(leaf)));
  }

  /** The same steps with other notes. */
  redactStep(step: Step): Step {
    const isKey = step.kind === 'check' && (step.text === 'signature' || step.text === 'keys');
    const notes = isKey ? step.notes : step.notes.map((note) => this.#redactNote(note));
    return { ...step, notes, steps: step.steps.map((inner) => this.redactStep(inner)) };
  }

  /** A text of which only what the request's own tokens say is hidden. */
  redactText(text: string): string {
    return text.replaceAll(STRING, (literal) =>
      this.#claims.has(textOf(literal)) ? fingerprintOf(literal) : literal,
    );
  }

  #redactNote(note: string): string {
    if (PLAIN.test(note)) return note;
    const claim = CLAIM.exec(note);
    if (claim === null) return note.replaceAll(STRING, (literal) => this.#shown(literal));
    return `${claim[1]}${this.#redactValue(claim[2] as string)}`;
  }

  /** A value that was cut off is one text. */
  #redactValue(json: string): string {
    try {
      const value = JSON.parse(json) as JsonValue;
      if (value === null || typeof value === 'boolean') return json;
      if (typeof value === 'number') return this.#known.has(json) ? json : fingerprintOf(json);
      if (typeof value === 'string') return this.#shown(json);
      return leavesOf(value).every((leaf) => this.#known.has(leaf)) ? json : fingerprintOf(json);
    } catch {
      return fingerprintOf(json);
    }
  }

  #shown(literal: string): string {
    return this.#known.has(textOf(literal)) ? literal : fingerprintOf(literal);
  }

  #know(values: readonly unknown[]): void {
    for (const value of values) {
      if (typeof value === 'string') this.#known.add(value);
      else if (typeof value === 'number') this.#known.add(String(value));
      else if (Array.isArray(value)) this.#know(value);
      else if (isPlain(value)) this.#know(Object.values(value));
    }
  }
}

/** Where tokens may stand: what is there is shown to nobody, whether it is one or not. */
function tokenPlaces(listeners: Snapshot['listeners']) {
  const headers = new Set(['authorization', 'proxy-authorization', 'cookie']);
  const parameters = ['access_token'];
  walkMessages(listeners, (message) => {
    if (message.$typeName !== 'envoy.extensions.filters.http.jwt_authn.v3.JwtProvider') return;
    const { fromHeaders, fromParams } = message as unknown as JwtProvider;
    for (const { name } of fromHeaders) headers.add(name.toLowerCase());
    parameters.push(...fromParams);
  });
  return { headers, parameters };
}

/** A `oneof` of a message; messages inside are visited by themselves. */
const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !('$typeName' in value) && !(value instanceof Uint8Array);

function textOf(literal: string): string {
  try {
    return JSON.parse(literal) as string;
  } catch {
    return literal;
  }
}

function fingerprintOf(json: string): string {
  const hash = createHash('sha256').update(json).digest('hex').slice(0, FINGERPRINT_LENGTH);
  return `(not shown, ${hash})`;
}

/** From where a word begins: see `redactTokens`. */
const TOKEN = /(?<![\w-])[\w-]+\.[\w-]+\.[\w-]*/g;

function tokensIn(texts: readonly string[]): JsonValue[] {
  const found = texts.flatMap((text) => text.replaceAll(/%2e/gi, '.').match(TOKEN) ?? []);
  return found.flatMap((text) => {
    const parsed = parseToken(text);
    return typeof parsed === 'number' ? [] : [parsed.payload];
  });
}

function leavesOf(value: JsonValue): string[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leavesOf);
  return [String(value)];
}

/** One token text made from a good one. */
export interface MutatedToken {
  readonly text: string;
  /** Byte for byte a good token: it has to be admitted. */
  readonly twin: boolean;
}

/** Every so many tokens is an untouched twin, which shows that the judge still admits. */
const TWIN_EVERY = 50;

/**
 * Makes `count` token texts out of good `tokens`, each mutated once to four times. The same seed gives the same texts. Mutations keep to
 * what a header line can carry: printable ASCII and blanks, none at either end.
 */
export function* mutateTokens(
  seed: number,
  count: number,
  tokens: readonly string[],
): Iterable<MutatedToken> {
  const random = createRandom(seed);
  for (let index = 1; index <= count; index++) {
    const token = tokens[random(tokens.length)] as string;
    const text = index % TWIN_EVERY === 0 ? token : mutate(token, tokens, random);
    yield { text, twin: tokens.includes(text) };
  }
}

/** A whole number from 0 up to, not including, `limit`. */
type Random = (limit: number) => number;

/** Marsaglia's xorshift with 32 bits of state: repeatable, and good enough to pick places. */
function createRandom(seed: number): Random {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % limit;
  };
}

function mutate(token: string, tokens: readonly string[], random: Random): string {
  let text = token;
  for (let left = 1 + (random(4) === 0 ? random(4) : 0); left > 0; left--) {
    const mutation = MUTATIONS[random(MUTATIONS.length)] as Mutation;
    text = mutation(text, random, tokens);
  }
  return text.trim();
}

type Mutation = (text: string, random: Random, tokens: readonly string[]) => string;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const STRANGERS = '+/= \t.,%"~!*{}';

const anyOf = (chars: string, random: Random): string => chars[random(chars.length)] as string;

function splice(text: string, at: number, removed: number, added: string): string {
  return text.slice(0, at) + added + text.slice(at + removed);
}

function editPart(text: string, random: Random, edit: (part: string) => string): string {
  const parts = text.split('.');
  const index = random(parts.length);
  parts[index] = edit(parts[index] as string);
  return parts.join('.');
}

/** Mutates the bytes that a part stands for. */
function editBytes(text: string, random: Random, edit: (bytes: Buffer) => Buffer): string {
  return editPart(text, random, (part) => edit(Buffer.from(part, 'base64url')).toString('base64url'));
}

/** Mutates the JSON text of header or payload. */
function editJson(text: string, random: Random, edit: (json: string) => string): string {
  const parts = text.split('.');
  const index = random(Math.min(2, parts.length));
  const json = Buffer.from(parts[index] as string, 'base64url').toString();
  parts[index] = Buffer.from(edit(json)).toString('base64url');
  return parts.join('.');
}

const SPELLINGS: readonly (readonly [string, string])[] = [
  ['}', ',}'],
  ['}', '} '],
  ['{', ' {'],
  ['{', '{"iss":"x",'],
  ['{', '{"exp":1e400,'],
  ['{', '{"nbf":99999999999,'],
  ['{', '{"crit":["b64"],"b64":false,'],
  ['"', "'"],
  ['"alg"', 'alg'],
  ['"iss"', '"ISS"'],
  ['"RS256"', '"none"'],
  ['"RS256"', '"HS256"'],
  ['"ES256"', '"ES384"'],
  ['256', '512'],
  ['a', '\\u0061'],
  [',', ',,'],
  [':', ': '],
  ['1', '1.0'],
  ['"', '"\\ud800'],
];

/** What each does is in its one line; every one is about as likely as the next. */
const MUTATIONS: readonly Mutation[] = [
  // Another letter of the alphabet; the last letter of a part, where unused bits are.
  (text, random) => splice(text, random(text.length), 1, anyOf(ALPHABET, random)),
  (text, random) => editPart(text, random, (part) => part.slice(0, -1) + anyOf(ALPHABET, random)),
  // A letter too many, anywhere and at the ends; a letter gone.
  (text, random) => splice(text, random(text.length + 1), 0, anyOf(ALPHABET, random)),
  (text, random) => text + anyOf(ALPHABET, random),
  (text, random) => anyOf(ALPHABET, random) + text,
  (text, random) => splice(text, random(text.length), 1, ''),
  // Characters that base64url has no place for; padding; a dot too many.
  (text, random) => splice(text, random(text.length + 1), 0, anyOf(STRANGERS, random)),
  (text, random) => editPart(text, random, (part) => part + '='.repeat((4 - (part.length % 4)) % 4)),
  (text, random) => editPart(text, random, (part) => `${part} `),
  (text, random) => splice(text, text.split('.', 1 + random(3)).join('.').length, 0, '.'),
  (text) => `.${text}`,
  // A part cut, emptied, doubled, swapped, taken from another token.
  (text, random) => text.slice(0, random(text.length)),
  (text, random) => editPart(text, random, () => ''),
  (text, random) => editPart(text, random, (part) => part + part),
  (text) => text.split('.').reverse().join('.'),
  (text, random, tokens) => {
    const stranger = (tokens[random(tokens.length)] as string).split('.');
    const index = random(3);
    return text
      .split('.')
      .map((part, at) => (at === index ? (stranger[at] as string) : part))
      .join('.');
  },
  // A bit, a byte, a zero in front of or behind what a part stands for.
  (text, random) =>
    editBytes(text, random, (bytes) => {
      if (bytes.length > 0) bytes[random(bytes.length)]! ^= 1 << random(8);
      return bytes;
    }),
  (text, random) => editBytes(text, random, (bytes) => bytes.subarray(0, random(bytes.length + 1))),
  (text, random) => editBytes(text, random, (bytes) => Buffer.concat([Buffer.alloc(1), bytes])),
  (text, random) => editBytes(text, random, (bytes) => Buffer.concat([bytes, Buffer.alloc(1, random(256))])),
  // Other JSON: a spelling of the table, a character.
  (text, random) => {
    const [from, to] = SPELLINGS[random(SPELLINGS.length)] as readonly [string, string];
    return editJson(text, random, (json) => json.replace(from, () => to));
  },
  (text, random) =>
    editJson(text, random, (json) =>
      splice(json, random(json.length + 1), random(2), String.fromCharCode(random(128))),
    ),
  // The whole token in other letters of case.
  (text) => text.toUpperCase(),
];

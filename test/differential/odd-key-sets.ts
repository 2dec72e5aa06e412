import type { JsonObject } from './case.ts';
import type { Choose } from './choose.ts';

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const nestedObjects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

/** Puts members into the first key, or into the document, as they are. */
const inKey = (text: string, members: string) => text.replace('{"kty"', `{${members},"kty"`);
const inDocument = (text: string, members: string) => text.replace('{', `{${members},`);
const atEndOfKey = (text: string, members: string) => text.replace('}', `,${members}}`);

/** Members that say a thing twice, or as few would. */
const ODD_MEMBERS = [
  '"kid":"es","kid":"rs"',
  '"kid":"rs","kid":"es"',
  '"kid":1',
  '"kid":null',
  '"kid":"es\\u0000"',
  '"alg":"ES256","alg":"RS256"',
  '"alg":"none"',
  '"alg":1',
  '"alg":null',
  '"alg":""',
  '"kty":"EC"',
  '"kty":"oct"',
  '"x":1',
  '"n":"AQAB"',
  '"crv":"P-384"',
  '"e":"AQ"',
  '"kid":"\\ud800"',
  '"\\u006bid":"es"',
  '"z":1e400',
  '"z":-0',
  '"z":NaN',
  '"z":01',
  "'z':1",
  'z:1',
  '"z":[1,]',
  '"z":"\t"',
  '"z":"\u007f"',
  '"":1',
  '"use":"enc","use":"sig"',
  '"x5c":["x"]',
  '"z":/**/1',
];
const DEPTHS = [50, 95, 96, 97, 98, 99, 100, 101, 120, 1000, 20_000];

/** The document as few would write it, readable or not. */
export function oddDocument(choose: Choose, text: string): { text: string; bytes: Buffer | null } {
  const put = (place: (text: string, members: string) => string, members: string) => ({
    text: place(text, members),
    bytes: null,
  });
  return choose.weighted<{ text: string; bytes: Buffer | null }>([
    [3, () => put(choose.pick([inKey, atEndOfKey]), choose.pick(ODD_MEMBERS))],
    [1, () => put(inDocument, choose.pick(['"keys":[]', '"keys":1', '"keys":null', ...ODD_MEMBERS]))],
    [1, () => put(choose.pick([inKey, inDocument, atEndOfKey]), `"z":${nested(choose.pick(DEPTHS))}`)],
    [1, () => put(choose.pick([inKey, inDocument]), `"z":${nestedObjects(choose.pick(DEPTHS))}`)],
    [
      1,
      () => ({ text: choose.pick([`${text}x`, `${text}${text}`, ` ${text}\n`, `[${text}]`]), bytes: null }),
    ],
    [1, () => ({ text: `\ufeff${text}`, bytes: null })],
    [3, () => ({ text, bytes: oddBytes(choose, text) })],
  ]);
}

/** The same in bytes that are no UTF-8, or another encoding. */
function oddBytes(choose: Choose, text: string): Buffer {
  const raw = choose.pick([
    '\xff',
    '\xc3',
    '\xed\xa0\x80',
    '\xc0\xaf',
    '\xf4\x90\x80\x80',
    '\xe9',
    '\x00',
    '\xef\xbb',
  ]);
  return choose.weighted<Buffer>([
    [3, () => Buffer.from(choose.pick([inKey, inDocument, atEndOfKey])(text, `"z":"${raw}"`), 'latin1')],
    [1, () => Buffer.from(atEndOfKey(text, `"kid":"${raw}"`), 'latin1')],
    [1, () => Buffer.from(inDocument(text, `"${raw}":1`), 'latin1')],
    [1, () => Buffer.from(choose.pick([`${raw}${text}`, `${text}${raw}`]), 'latin1')],
    [1, () => Buffer.from(`\ufeff${text}`, 'utf16le')],
    [1, () => Buffer.from(`\ufeff${text}`)],
    [1, () => Buffer.from(`\ufeff\ufeff${text}`)],
  ]);
}

const bytesOf = (text: string) => Buffer.from(text, 'base64url');

/** Other spellings of a number, by some of which it is another one or none. */
const SPELLINGS: readonly ((text: string) => string)[] = [
  (text) => Buffer.concat([Buffer.alloc(1), bytesOf(text)]).toString('base64url'),
  (text) => Buffer.concat([bytesOf(text), Buffer.from([1])]).toString('base64url'),
  (text) => text.padEnd(Math.ceil(text.length / 4) * 4, '='),
  (text) => bytesOf(text).toString('base64'),
  (text) => `${text.slice(0, 3)} ${text.slice(3)}`,
  (text) => `${text}\n`,
  (text) => `${text}!`,
  () => '',
];

/** A key with one member that is spelled otherwise, or a private half beside it. */
export function respellKey(choose: Choose, jwk: JsonObject): JsonObject {
  if (choose.chance(0.15)) return { ...jwk, d: 'AQAB' };
  const name = choose.pick(['n', 'e', 'x', 'y', 'k'].filter((one) => one in jwk));
  return { ...jwk, [name]: choose.pick(SPELLINGS)(String(jwk[name])) };
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type AlgorithmName,
  type JsonObject,
  type JsonValue,
  parseJwksBytes,
  parseToken,
  STATUS,
  statusText,
  verifySignature,
} from '../../src/core/jwt/index.ts';
import { nodeCrypto } from '../../src/platform/index.ts';
import { rawToken, testJwk } from '../fixtures/raw-token.ts';
import { findEnvoy } from './envoy-process.ts';
import { FetchedKeySets } from './fetched-key-sets.ts';

const KEYS: readonly AlgorithmName[] = [
  'RS256',
  'PS256',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'HS256',
  'HS512',
];

/** What may be done to a key, and the row of docs/divergences.md by which it is then used by Envoy alone. */
interface Form {
  name: string;
  /** null: the key has nothing to do it to. */
  keys(key: JsonObject): JsonObject[] | null;
  row?: 'K1';
}

const without = (key: JsonObject, name: string) =>
  Object.fromEntries(Object.entries(key).filter(([other]) => other !== name));

const withMember = (name: string, values: readonly JsonValue[], row?: Form['row']): Form[] =>
  values.map((value) => ({
    name: `${name} ${JSON.stringify(value)}`,
    keys: (key) => [{ ...key, [name]: value }],
    ...(row === undefined ? {} : { row }),
  }));

const bytesOf = (text: string) => Buffer.from(text, 'base64url');
const spell = (...parts: Buffer[]) => Buffer.concat(parts).toString('base64url');

/** Other spellings of a number, or another number. */
const SPELLINGS: Record<string, (text: string) => JsonValue> = {
  'a zero in front': (text) => spell(Buffer.alloc(1), bytesOf(text)),
  'many zeros in front': (text) => spell(Buffer.alloc(500), bytesOf(text)),
  'a byte more': (text) => spell(bytesOf(text), Buffer.from([1])),
  'a byte less': (text) => spell(bytesOf(text).subarray(0, -1)),
  padding: (text) => text.padEnd(Math.ceil(text.length / 4) * 4, '='),
  'too much padding': (text) => `${text}=====`,
  'dots for padding': (text) => text.padEnd(Math.ceil(text.length / 4) * 4, '.'),
  'the standard alphabet': (text) => bytesOf(text).toString('base64'),
  'a blank': (text) => `${text.slice(0, 3)} ${text.slice(3)}`,
  'a line feed': (text) => `${text}\n`,
  'unused bits': (text) => text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1),
  'a letter of no alphabet': (text) => `${text}!`,
  'a NUL': (text) => `${text}\0`,
  hexadecimal: (text) => bytesOf(text).toString('hex'),
  'all bits set': (text) => spell(Buffer.alloc(bytesOf(text).length, 255)),
  zero: () => 'AA',
  three: () => 'Aw',
  seventeen: () => 'EQ',
  'an empty text': () => '',
  null: () => null,
  'a number': () => 1,
  'a list': (text) => [text],
};

const spelled = (member: string): Form[] =>
  Object.entries(SPELLINGS).map(([name, change]) => ({
    name: `${member} with ${name}`,
    keys(key) {
      const text = key[member];
      return typeof text === 'string' ? [{ ...key, [member]: change(text) }] : null;
    },
  }));

const other = testJwk('ES256', { kid: 'k' });
const okp = testJwk('EdDSA');

const FORMS: readonly Form[] = [
  { name: 'plain', keys: (key) => [key] },
  ...withMember('alg', [
    ...KEYS,
    'RS384',
    'PS512',
    'ES256K',
    'RSA-OAEP',
    'RS',
    'ES',
    'HS',
    'Ed25519',
    'none',
    '',
  ]),
  ...withMember('alg', ['rs256', ' RS256', 'PSx', 1, null, true, [], {}]),
  ...withMember('crv', ['P-256', 'P-384', 'P-521', 'secp256k1', 'Ed25519', 'X25519', 'p-256', '', 1, null]),
  ...withMember('kty', ['RSA', 'EC', 'oct', 'OKP', 'rsa', 'OCT', '', 1, null, ['RSA']]),
  ...withMember('kid', ['k', 'x', '', 1, null, ['k']]),
  ...withMember('use', ['enc', '', 'SIG', 1, null], 'K1'),
  ...withMember('key_ops', [['sign'], [], 'verify', null, 1, {}], 'K1'),
  ...withMember('key_ops', [['verify'], ['sign', 'verify']]),
  ...withMember('d', ['AAAA']),
  ...withMember('x5c', [['AAAA']]),
  ...['kty', 'crv', 'n', 'e', 'x', 'y', 'k'].map((name) => ({
    name: `no ${name}`,
    keys: (key: JsonObject) => [without(key, name)],
  })),
  ...['n', 'e', 'x', 'y', 'k'].flatMap(spelled),
  { name: 'curve told by alg', keys: (key) => [{ ...without(key, 'crv'), alg: 'ES384' }] },
  { name: 'behind a broken one', keys: (key) => [{ kty: 'RSA', n: '!', e: 'AQAB' }, key] },
  { name: 'behind another of its kid', keys: (key) => [other, { ...key, kid: 'k' }] },
  { name: 'behind one for Ed25519', keys: (key) => [okp, key] },
  { name: 'behind one for Ed25519 that says so', keys: (key) => [{ ...okp, alg: 'EdDSA' }, key] },
  { name: 'behind one for Ed25519 of another kid', keys: (key) => [{ ...okp, kid: 'x' }, key] },
  { name: 'behind one for Ed25519 that is not for signatures', keys: (key) => [{ ...okp, use: 'enc' }, key] },
];

interface KeyForm {
  name: string;
  document: Buffer;
  token: string;
  row: Form['row'];
}

const forms: readonly KeyForm[] = KEYS.flatMap((alg) =>
  FORMS.flatMap(({ name, keys, row }) => {
    const set = keys(testJwk(alg));
    if (set === null) return [];
    const document = Buffer.from(JSON.stringify({ keys: set }));
    const token = rawToken({ alg, kid: 'k' }, { iss: 'i' }, alg);
    return [{ name: `${alg}: ${name}`, document, token, row }];
  }),
);

function judge({ document, token: text }: KeyForm): string {
  const keys = parseJwksBytes(document, nodeCrypto);
  const token = parseToken(text);
  assert.ok(typeof token !== 'number');
  return statusText(typeof keys === 'number' ? STATUS.jwksFetchFails : verifySignature(token, keys).status);
}

describe(`${forms.length} forms of keys`, () => {
  it('verify or not beside the real Envoy, but for row K1', { skip: findEnvoy() === null }, async () => {
    const envoy = await FetchedKeySets.start(forms.map(({ document }) => document));
    const wrong: string[] = [];
    for (const [index, form] of forms.entries()) {
      const said = await envoy.ask(index, form.token);
      const want = form.row === undefined || said !== 'OK' ? said : statusText(STATUS.jwtVerificationFails);
      const ours = judge(form);
      if (ours !== want) wrong.push(`${form.name}: ${ours}, Envoy ${said}`);
    }
    await envoy.close();
    assert.deepEqual(wrong, []);
  });

  it('verify as they are published', () => {
    const plain = forms.filter(({ name }) => name.endsWith(': plain'));
    assert.deepEqual(
      plain.map(judge),
      KEYS.map(() => statusText(STATUS.ok)),
    );
  });
});

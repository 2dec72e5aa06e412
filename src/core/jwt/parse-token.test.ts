import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodePart, rawToken, signText } from '../../../test/fixtures/raw-token.ts';
import { exampleToken } from '../../../test/fixtures/seed-tokens.ts';
import type { JsonObject } from './json-value.ts';
import { parseToken } from './parse-token.ts';
import { STATUS, type Status } from './status.ts';

const HEADER: JsonObject = { alg: 'RS256' };
const withHeader = (header: JsonObject | string): string => `${encodePart(header)}.e30.AA`;
const withPayload = (payload: JsonObject | string): string =>
  `${encodePart(HEADER)}.${encodePart(payload)}.AA`;
const nested = (levels: number): string => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;

interface RefusalCase {
  name: string;
  given: string;
  want: Status;
}

const forms: RefusalCase[] = [
  { name: 'an empty text', given: '', want: STATUS.jwtIsNotThreeParts },
  { name: 'two parts', given: 'e30.e30', want: STATUS.jwtIsNotThreeParts },
  { name: 'five parts, as a JWE has', given: 'a.b.c.d.e', want: STATUS.jwtIsNotThreeParts },
  { name: 'an unsecured token', given: 'e30.e30.', want: STATUS.jwtIsNotThreeParts },
  { name: 'ten thousand dots', given: '.'.repeat(10_000), want: STATUS.jwtIsNotThreeParts },
  { name: 'JSON serialization', given: '{"payload":"e30"}', want: STATUS.jwtIsNotThreeParts },
  { name: 'a header in the standard alphabet', given: 'a+/a.e30.AA', want: STATUS.jwtHeaderBadBase64 },
  { name: 'a header with one letter left over', given: 'e30AA.e30.AA', want: STATUS.jwtHeaderBadBase64 },
  { name: 'a header of blanks', given: ' . . ', want: STATUS.jwtHeaderBadJson },
  { name: 'a letter before a token', given: `a${exampleToken}`, want: STATUS.jwtHeaderBadBase64 },
  {
    name: 'a payload with padding of the wrong count',
    given: `${encodePart(HEADER)}.e30==.AA`,
    want: STATUS.jwtPayloadBadBase64,
  },
  {
    name: 'a payload with a quote',
    given: `${encodePart(HEADER)}.e3"0.AA`,
    want: STATUS.jwtPayloadBadBase64,
  },
  {
    name: 'a signature with a plus',
    given: `${encodePart(HEADER)}.e30.A+`,
    want: STATUS.jwtSignatureBadBase64,
  },
  {
    name: 'a signature with one letter left over',
    given: `${encodePart(HEADER)}.e30.AAAAA`,
    want: STATUS.jwtSignatureBadBase64,
  },
];

const headers: { given: JsonObject | string; want: Status }[] = [
  { given: ' ', want: STATUS.jwtHeaderBadJson },
  { given: '[]', want: STATUS.jwtHeaderBadJson },
  { given: '"x"', want: STATUS.jwtHeaderBadJson },
  { given: '{"alg":"RS256","alg":"RS256"}', want: STATUS.jwtHeaderBadJson },
  { given: '{"alg":"RS256","\\u0061lg":"none"}', want: STATUS.jwtHeaderBadJson },
  { given: '{"alg":"RS256"} x', want: STATUS.jwtHeaderBadJson },
  { given: '\ufeff{"alg":"RS256"}', want: STATUS.jwtHeaderBadJson },
  { given: '{"alg":"RS256","x":1e400}', want: STATUS.jwtHeaderBadJson },
  { given: '{"alg":"RS256","x":"\\ud800"}', want: STATUS.jwtHeaderBadJson },
  { given: 'null', want: STATUS.jwtHeaderBadAlg },
  { given: {}, want: STATUS.jwtHeaderBadAlg },
  { given: { alg: 1 }, want: STATUS.jwtHeaderBadAlg },
  { given: { alg: null }, want: STATUS.jwtHeaderBadAlg },
  { given: { alg: ['RS256'] }, want: STATUS.jwtHeaderBadAlg },
  ...['', 'none', 'None', 'nOnE', 'rs256', 'ES256K', 'Ed25519', 'Ed448', 'RS256 ', 'HS1', '__proto__'].map(
    (alg) => ({ given: { alg }, want: STATUS.jwtHeaderAlgNotSupported }),
  ),
  { given: { alg: 'RS256', kid: 1 }, want: STATUS.jwtHeaderBadKid },
  { given: { alg: 'RS256', kid: null }, want: STATUS.jwtHeaderBadKid },
  { given: { alg: 'RS256', kid: {} }, want: STATUS.jwtHeaderBadKid },
];

const payloads: { given: JsonObject | string; want: Status }[] = [
  { given: ' ', want: STATUS.jwtPayloadBadJson },
  { given: '[]', want: STATUS.jwtPayloadBadJson },
  { given: '1', want: STATUS.jwtPayloadBadJson },
  { given: '{"iss":"a","iss":"b"}', want: STATUS.jwtPayloadBadJson },
  { given: '{"a":{"b":1,"b":2}}', want: STATUS.jwtPayloadBadJson },
  { given: '{"__proto__":1,"__proto__":2}', want: STATUS.jwtPayloadBadJson },
  { given: '{"exp":1e400}', want: STATUS.jwtPayloadBadJson },
  { given: '{"exp":01}', want: STATUS.jwtPayloadBadJson },
  { given: nested(100), want: STATUS.jwtPayloadBadJson },
  { given: '['.repeat(100_000), want: STATUS.jwtPayloadBadJson },
  { given: { iss: 1 }, want: STATUS.jwtPayloadBadIss },
  { given: { iss: null, sub: 1 }, want: STATUS.jwtPayloadBadIss },
  { given: { iss: ['i'] }, want: STATUS.jwtPayloadBadIss },
  { given: { sub: 1, iat: 'x' }, want: STATUS.jwtPayloadBadSub },
  { given: { sub: null }, want: STATUS.jwtPayloadBadSub },
  { given: { iat: '1', nbf: -1 }, want: STATUS.jwtPayloadIatNotInteger },
  { given: { iat: null }, want: STATUS.jwtPayloadIatNotInteger },
  { given: { iat: -1 }, want: STATUS.jwtPayloadIatNotPositive },
  { given: { iat: -0.5 }, want: STATUS.jwtPayloadIatNotPositive },
  { given: { nbf: true, exp: 'x' }, want: STATUS.jwtPayloadNbfNotInteger },
  { given: { nbf: 1e300 }, want: STATUS.jwtPayloadNbfNotPositive },
  { given: '{"nbf":18446744073709551615}', want: STATUS.jwtPayloadNbfNotPositive },
  { given: { exp: '123', jti: 1 }, want: STATUS.jwtPayloadExpNotInteger },
  { given: { exp: [1] }, want: STATUS.jwtPayloadExpNotInteger },
  { given: { exp: -1 }, want: STATUS.jwtPayloadExpNotPositive },
  { given: { exp: 2 ** 64 }, want: STATUS.jwtPayloadExpNotPositive },
  { given: { jti: 1, aud: 1 }, want: STATUS.jwtPayloadBadJti },
  { given: { jti: null }, want: STATUS.jwtPayloadBadJti },
  { given: { aud: 1 }, want: STATUS.jwtPayloadBadAud },
  { given: { aud: null }, want: STATUS.jwtPayloadBadAud },
  { given: { aud: {} }, want: STATUS.jwtPayloadBadAud },
  { given: { aud: ['a', 1] }, want: STATUS.jwtPayloadBadAud },
  { given: { aud: [['a']] }, want: STATUS.jwtPayloadBadAud },
];

const short = (given: JsonObject | string): string =>
  (typeof given === 'string' ? given : JSON.stringify(given)).slice(0, 60);

describe('what Envoy refuses is refused with the same status', () => {
  for (const { name, given, want } of forms) it(name, () => assert.equal(parseToken(given), want));
  for (const { given, want } of headers) {
    it(`header ${short(given)} is ${want}`, () => assert.equal(parseToken(withHeader(given)), want));
  }
  for (const { given, want } of payloads) {
    it(`payload ${short(given)} is ${want}`, () => assert.equal(parseToken(withPayload(given)), want));
  }
  it('bytes that are not UTF-8 are no JSON', () => {
    const bytes = Buffer.from([...Buffer.from('{"a":"'), 0xff, ...Buffer.from('"}')]).toString('base64url');
    assert.equal(parseToken(`${encodePart(HEADER)}.${bytes}.AA`), STATUS.jwtPayloadBadJson);
  });
  it('the header is judged before the payload, the payload before the signature', () => {
    assert.equal(parseToken('!.!.!'), STATUS.jwtHeaderBadBase64);
    assert.equal(parseToken(`${encodePart(HEADER)}.!.!`), STATUS.jwtPayloadBadBase64);
    assert.equal(parseToken(`${encodePart(HEADER)}.${encodePart({ aud: 1 })}.!`), STATUS.jwtPayloadBadAud);
  });
});

describe('a token that is well formed', () => {
  const payload = { iss: 'i', sub: 's', aud: ['a', 'b'], exp: 3.9, nbf: 2, iat: 0.5, jti: 'j', é: '\ufffd' };
  const text = rawToken({ alg: 'RS256', kid: 'k', jku: 'https://x' }, payload);

  it('gives its header, its claims with fractions dropped, and the text that was signed', () => {
    const token = parseToken(text);
    assert.ok(typeof token !== 'number');
    assert.deepEqual(token.claims, { iss: 'i', sub: 's', aud: ['a', 'b'], exp: 3, nbf: 2, iat: 0, jti: 'j' });
    assert.deepEqual(token.payload, payload);
    assert.equal(token.header.alg.name, 'RS256');
    assert.equal(token.header.kid, 'k');
    assert.equal(token.signedText, text.slice(0, text.lastIndexOf('.')));
    assert.equal(token.payloadSegment, text.split('.')[1]);
    assert.equal(Buffer.from(token.signature).toString('base64url'), text.split('.')[2]);
    assert.equal(token.text, text);
    assert.equal(token.fault, null);
  });

  it('is read by itself, whatever token came before it', () => {
    const header = (text: string) => {
      const token = parseToken(text);
      return typeof token === 'number'
        ? token
        : [token.header.alg.name, token.header.kid, token.fault?.status];
    };
    const [one, two] = [withHeader({ alg: 'RS256', kid: 'a' }), withHeader({ alg: 'ES256', kid: 'b' })];
    const [bad, misspelled] = [withHeader({ alg: 'none' }), withHeader({ alg: 'RS256', crit: [] })];
    for (const text of [one, one, bad, one, misspelled, two, one, misspelled, bad]) {
      const want = new Map<string, unknown>([
        [one, ['RS256', 'a', undefined]],
        [two, ['ES256', 'b', undefined]],
        [bad, STATUS.jwtHeaderAlgNotSupported],
        [misspelled, ['RS256', '', STATUS.jwtVerificationFails]],
      ]).get(text);
      assert.deepEqual(header(text), want);
    }
  });

  it('has empty claims where the payload has none', () => {
    const token = parseToken(withPayload({ __proto__x: 1, constructor: 'c' }));
    assert.ok(typeof token !== 'number');
    assert.deepEqual(token.claims, { iss: '', sub: '', aud: [], exp: 0, nbf: 0, iat: 0, jti: '' });
  });

  it('counts exp 0, -0 and 0.5 as no exp', () => {
    for (const exp of ['0', '-0', '0.5']) {
      const token = parseToken(withPayload(`{"exp":${exp}}`));
      assert.ok(typeof token !== 'number');
      assert.ok(Object.is(token.claims.exp, 0));
    }
  });

  it('takes one audience as a list of one, and 99 levels below the payload', () => {
    const token = parseToken(withPayload(`{"aud":"a",${nested(99).slice(1)}`));
    assert.ok(typeof token !== 'number');
    assert.deepEqual(token.claims.aud, ['a']);
    assert.equal(token.fault, null);
  });
});

describe('a spelling that only Envoy takes is noted, with the status of the part that is wrong', () => {
  const h = encodePart(HEADER);
  const p = encodePart({ iss: 'i' });
  const padded = encodePart('{"alg":"RS256"}  ');
  const cases: RefusalCase[] = [
    { name: 'a dot in front', given: `.${h}.${p}.AA`, want: STATUS.jwtIsNotThreeParts },
    { name: 'two dots together', given: `${h}..${p}.AA`, want: STATUS.jwtIsNotThreeParts },
    { name: 'a dot at the end', given: `${h}.${p}.AA.`, want: STATUS.jwtIsNotThreeParts },
    {
      name: 'a blank in the header',
      given: `${h.slice(0, 4)} ${h.slice(4)}.${p}.AA`,
      want: STATUS.jwtHeaderBadBase64,
    },
    { name: 'padding of the header', given: `${padded}=.${p}.AA`, want: STATUS.jwtHeaderBadBase64 },
    {
      name: 'a trailing comma in the header',
      given: withHeader('{"alg":"RS256",}'),
      want: STATUS.jwtHeaderBadJson,
    },
    {
      name: 'a name without quotes in the header',
      given: withHeader('{alg:"RS256"}'),
      want: STATUS.jwtHeaderBadJson,
    },
    {
      name: '`crit`',
      given: withHeader({ alg: 'RS256', crit: ['x'], x: 1 }),
      want: STATUS.jwtVerificationFails,
    },
    {
      name: 'an empty `crit`',
      given: withHeader({ alg: 'RS256', crit: [] }),
      want: STATUS.jwtVerificationFails,
    },
    {
      name: '`b64` false',
      given: withHeader({ alg: 'RS256', b64: false }),
      want: STATUS.jwtVerificationFails,
    },
    {
      name: 'a tab in the payload',
      given: `${h}.${p.slice(0, 4)}\t${p.slice(4)}.AA`,
      want: STATUS.jwtPayloadBadBase64,
    },
    { name: 'padding of the payload', given: `${h}.${p}=.AA`, want: STATUS.jwtPayloadBadBase64 },
    { name: 'payload `null`', given: withPayload('null'), want: STATUS.jwtPayloadBadJson },
    {
      name: 'single quotes in the payload',
      given: withPayload("{'iss':'i'}"),
      want: STATUS.jwtPayloadBadJson,
    },
    { name: 'a raw tab in a claim', given: withPayload('{"iss":"\t"}'), want: STATUS.jwtPayloadBadJson },
    { name: 'padding of the signature', given: `${h}.${p}.AA==`, want: STATUS.jwtVerificationFails },
    { name: 'a blank in the signature', given: `${h}.${p}.A A`, want: STATUS.jwtVerificationFails },
    { name: 'unused bits in the signature', given: `${h}.${p}.AB`, want: STATUS.jwtVerificationFails },
  ];
  for (const { name, given, want } of cases) {
    it(`${name} is ${want}`, () => {
      const token = parseToken(given);
      assert.ok(typeof token !== 'number');
      assert.equal(token.fault?.status, want);
    });
  }

  it('yet a status of Envoy further on comes first', () => {
    assert.equal(parseToken(`${h} .${encodePart({ iss: 1 })}.AA`), STATUS.jwtPayloadBadIss);
    assert.equal(parseToken(`.${h}.${p}.!`), STATUS.jwtSignatureBadBase64);
  });

  it('`b64` true is plain', () => {
    const token = parseToken(signText(`${encodePart({ alg: 'RS256', b64: true })}.${p}`));
    assert.ok(typeof token !== 'number');
    assert.equal(token.fault, null);
  });
});

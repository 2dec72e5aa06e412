import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSecretHider } from './hide-secrets.ts';

const TOKEN = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln';
const RANDOM = 'Xk29fLqPz81TgVb4';
const PEM = '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\nabcd/efg+hij==\n-----END EC PRIVATE KEY-----';

const HIDDEN: { name: string; text: string; secrets: string[] }[] = [
  { name: 'a token', text: `a: ${TOKEN} b`, secrets: [TOKEN] },
  { name: 'the secret of a symmetric key', text: '{"kty":"oct","k":"c2VjcmV0"}', secrets: ['c2VjcmV0'] },
  {
    name: 'the same in a string in a string',
    text: String.raw`"{\"k\":\"c2VjcmV0\"}"`,
    secrets: ['c2VjcmV0'],
  },
  { name: 'a password in plain words', text: 'password: correct horse # mine', secrets: ['correct horse'] },
  { name: 'a quoted one', text: '"client_secret": "correct, horse"', secrets: ['correct, horse'] },
  { name: 'one in flow style', text: '{api_key: horse, a: b}', secrets: ['horse'] },
  { name: 'one in a block', text: 'password: |\n  correct horse\n', secrets: ['correct horse'] },
  { name: 'a private key', text: PEM, secrets: ['MHcCAQEE', 'abcd/efg+hij=='] },
  {
    name: 'a private key on one line',
    text: PEM.replaceAll('\n', '\\n'),
    secrets: ['MHcCAQEE', 'abcd/efg+hij=='],
  },
  { name: 'a header', text: '{key: x-api-key, value: horse}', secrets: ['horse'] },
  { name: 'a header on two lines', text: '"key": "cookie",\n  "value": "a=horse"', secrets: ['a=horse'] },
  { name: "Keycloak's credentials", text: '{type: password, value: horse}', secrets: ['horse'] },
  { name: 'a word after its scheme', text: 'x: [Basic aG9yc2U6aG9yc2U=]', secrets: ['aG9yc2U6aG9yc2U='] },
  { name: 'a password in a data source', text: 'password: {inline_string: horse}', secrets: ['horse'] },
  { name: 'one on two lines', text: 'secret:\n    inline_string: horse 1', secrets: ['horse 1'] },
  { name: 'one in JSON', text: '{"secret":{"inline_string":"horse"}}', secrets: ['horse'] },
  { name: 'one in a list', text: 'keys:\n  - inline_bytes: aG9y', secrets: ['aG9y'] },
  { name: 'the users of basic_auth', text: 'users: {inline_string: "al:horse"}', secrets: ['al:horse'] },
  {
    name: 'a cookie that is matched',
    text: '{name: cookie, string_match: {prefix: a=horse}}',
    secrets: ['a=horse'],
  },
  {
    name: 'an expression for a key',
    text: '{"name": "x-api-key", "string_match": {"safe_regex": {"regex": "horse.*"}}}',
    secrets: ['horse.*'],
  },
  {
    name: 'a key that is matched the old way',
    text: 'name: x-api-key\n  exact_match: horse',
    secrets: ['horse'],
  },
  { name: 'a user in an address', text: 'uri: https://me:horse@a.test/', secrets: ['horse'] },
  { name: 'a key in a query', text: 'uri: https://a.test/?b=c&api-key=horse', secrets: ['horse'] },
  { name: 'what a generator gave', text: `any: ${RANDOM}`, secrets: [RANDOM] },
];

describe('a line that is shown has no', () => {
  for (const { name, text, secrets } of HIDDEN) {
    it(name, () => {
      const shown = createSecretHider([]).lines(text).join('\n');
      for (const secret of secrets) assert.ok(!shown.includes(secret), shown);
      assert.equal(shown.length, text.length);
    });
  }
});

describe('a sentence about a text', () => {
  const { sentence } = createSecretHider(HIDDEN.map(({ text }) => text));
  it('has none of what is hidden in it', () => {
    for (const secret of HIDDEN.flatMap(({ secrets }) => secrets).filter(({ length }) => length > 5)) {
      assert.equal(sentence(`\`${secret}\` is no number`), '`(not shown)` is no number');
    }
  });
  it('has no part of a private key either', () => {
    assert.doesNotMatch(sentence(`\`${PEM.slice(0, 45)}\` where a mapping is expected`), /MHc|abcd/);
  });
});

describe('what is no secret stays', () => {
  const STAYS = [
    'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
    'Http2ProtocolOptions',
    'sub: 20673bd6-2dad-4057-bda1-84cb4fa73fab',
    '/tmp/jotgate-planted-3w3jR7/public.json',
    'uri: https://idp.example/realms/shop/protocol/openid-connect/certs?a=b',
    'private_key: {filename: /etc/keys/front-2026.pem}',
    'from_headers: [{name: Authorization, value_prefix: "Bearer "}]',
    'from_cookies: [session]',
    'secrets: [{name: shop-tls}]',
    'api_key: true',
    'private_key: {filename: "/etc/keys/front.pem"}',
    'body: {inline_string: welcome}',
    '{name: x-tier, string_match: {exact: gold}}',
    '-----BEGIN CERTIFICATE-----',
    `{"kid": "${RANDOM}", "n": "${RANDOM}"}`,
  ];
  for (const text of STAYS) {
    it(text, () => {
      const { lines, sentence } = createSecretHider([text]);
      assert.deepEqual([lines(text), sentence(text)], [[text], text]);
    });
  }
});

it('a long text is looked through in one pass', () => {
  const text = `${' '.repeat(100_000)}a\n${'password'.repeat(20_000)}\n${'key: '.repeat(20_000)}`;
  assert.equal(createSecretHider([text]).lines(text).length, 3);
  const blanks = `password: a${' '.repeat(100_000)}b # c`;
  assert.equal(createSecretHider([blanks]).lines(blanks)[0], `password: ${'*'.repeat(100_002)} # c`);
});

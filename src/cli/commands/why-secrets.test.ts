import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  alice,
  claims,
  configOf,
  DOCS_RULE,
  file,
  fileOf,
  keys,
  signer,
  why,
} from '../../../test/fixtures/why-scene.ts';

describe('why shows claims only when it is told to', () => {
  const secret = 'a-name-that-nobody-else-has';
  const token = signer.sign({ ...claims, sub: secret, scope: `${secret} x`, aud: secret });
  const ask = (...more: string[]) =>
    why('-c', file, '--token', token, '--jwks', `kc=${keys}`, '-X', 'POST', ...more, '/orders');
  it('else as fingerprints, in text and in JSON', async () => {
    for (const { out } of [await ask(), await ask('--json')]) {
      assert.ok(!out.includes(secret), out);
      assert.match(out, /claim scope = \(not shown, [\da-f]{6}\)/);
    }
  });
  it('in full with --show-claims', async () => {
    assert.match((await ask('--show-claims')).out, new RegExp(`claim scope = "${secret} x"`));
  });
});

describe('why keeps credentials to itself', () => {
  it('prints a fingerprint and nothing of the token', async () => {
    const args = [
      '-c',
      file,
      '--jwks',
      `kc=${keys}`,
      '-H',
      `cookie: a=${alice}`,
      `/orders?access_token=${alice}&x=1`,
    ];
    for (const output of [await why(...args), await why('--json', ...args)]) {
      assert.equal(output.exitCode, 0);
      for (const part of alice.split('.'))
        assert.ok(!output.out.includes(part), 'a part of the token is shown');
    }
    const { out } = await why(...args);
    assert.match(out, /token [0-9a-f]{6} in query parameter access_token/);
  });
});

describe('why keeps the credentials of the configuration to itself', () => {
  const matchers = fileOf(
    'matchers.yaml',
    configOf([DOCS_RULE])
      .replace(
        'match: { path: /health }',
        'match: { path: /health, headers: [{ name: authorization, string_match: { prefix: "Basic ", ignore_case: true } }, { name: x-api-key, string_match: { exact: horse-1 } }], query_parameters: [{ name: token, string_match: { exact: horse-2 } }] }',
      )
      .replace(
        'domains: ["*"]',
        'domains: ["*"]\n              response_headers_to_add: [{ header: { key: set-cookie, value: horse-3 } }]',
      )
      .replace(
        'principals: [ { any: true } ]',
        'principals: [ { header: { name: cookie, string_match: { contains: horse-4 } } } ]',
      ),
  );
  const args = ['-c', matchers, '-H', 'cookie: horse-5', 'http://me:horse-6@a.test/orders?token=horse-7'];
  it('those that matchers want, replies set, remedies ask for, and the request has', async () => {
    for (const { out, exitCode } of [await why(...args), await why('--json', ...args)]) {
      assert.equal(exitCode, 0);
      assert.doesNotMatch(out, /horse|bWU6aG9yc2U/);
      assert.match(out, /403/);
    }
  });
  it('and still says what is asked for, and who', async () => {
    const { out } = await why(...args);
    assert.match(
      out,
      /header authorization prefix "Basic " \(any case\), header x-api-key exact \(not shown\)/,
    );
    assert.match(out, /would pass with: header cookie: \(not shown\)/);
    const document = JSON.parse((await why('--json', ...args)).out);
    assert.equal(document.request.authority, 'a.test');
  });
  it('who is named in a URL is named in a header, as clients do it', async () => {
    const { out } = await why(
      '--json',
      '-c',
      matchers,
      '-H',
      'host: b.test',
      '-H',
      'x-api-key: horse-1',
      '-H',
      'cookie: horse-4',
      'http://me:it@a.test/health?token=horse-2',
    );
    const document = JSON.parse(out);
    assert.deepEqual([document.request.authority, document.body], ['b.test', 'fine']);
  });
});

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { CertifiedKey } from '../../src/platform/certificates.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { createSelfSigned } from './certificates.ts';
import { createLeakFinder } from './planted-secrets/find-leaks.ts';
import { gateOutput } from './planted-secrets/gate-output.ts';
import { issuerOutput } from './planted-secrets/issuer-output.ts';
import { planted, type Secret, tokens } from './planted-secrets/secrets.ts';
import { toolOutput } from './planted-secrets/tool-output.ts';

const { path: folder } = temporaryFolder();
let pair: CertifiedKey;

before(async () => {
  pair = await createSelfSigned('localhost');
});

/** Which outputs show which secrets. */
function leaksIn(outputs: ReadonlyMap<string, string>, more: readonly Secret[] = []): string[] {
  const findLeaks = createLeakFinder([
    ...planted,
    { name: 'key of the listener', text: pair.privateKey },
    ...more,
  ]);
  return [...outputs].flatMap(([name, text]) => findLeaks(text).map((leak) => `${leak} in ${name}`));
}

describe('none of the planted secrets is in what is said by', () => {
  it('(there are more than 40 of them)', () => assert.ok(planted.length > 40));

  it('validate, why, diff, test, eject, token and jws', async () => {
    const places = { port: 1, tlsPort: 2, adminPort: 3, originPort: 4, ...pair };
    assert.deepEqual(leaksIn(await toolOutput(folder, places)), []);
  });

  for (const format of ['pretty', 'json']) {
    it(`the gate, its admin and its log (${format})`, async () => {
      const { outputs, carelessLog } = await gateOutput(folder, pair, format);
      assert.match(outputs.get("the gate's reply to token good") ?? '', /^HTTP\/1\.1 403/);
      assert.match(outputs.get("the gate's reply to an open path") ?? '', /^HTTP\/1\.1 200/);
      assert.match(
        outputs.get('an access log that asks for no credentials') ?? '',
        / GET \/staff HTTP\/1\.1 403 /,
      );
      assert.deepEqual(leaksIn(outputs), []);
      assert.ok(carelessLog.includes(tokens.good), 'a log has what its format asks for');
    });
  }

  it('the issuer and its log, of the tokens that it gives either', async () => {
    const { outputs, given } = await issuerOutput(folder);
    assert.equal(given.length, 4);
    assert.deepEqual(leaksIn(outputs, given), []);
  });
});

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Gate, startGate } from '../../src/server/index.ts';
import { runCli } from '../fixtures/collecting-io.ts';
import { loadText } from '../fixtures/loaded-gate.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { type Origin, startOrigin } from '../oracle/origin.ts';
import { createExchangeCases, type ExchangeCase } from './curl-gate-cases.ts';
import { renderLocalFrontProxy } from './front-proxy-config.ts';
import { exchange } from './raw-exchange.ts';
import { createTokenSigner } from './token-signer.ts';

const signer = createTokenSigner('RS256');
const cases = createExchangeCases(signer, createTokenSigner('RS256'));

/** What `why` can be asked about: a whole request with a path of its own and no body. */
const refusals = cases.filter(
  ({ request, status }) => status === 401 && /^(GET|OPTIONS) \//.test(request) && !/forwarded/.test(request),
);

function whyArguments({ request }: ExchangeCase): string[] {
  const [head = ''] = request.split('\r\n\r\n');
  const [line = '', ...fields] = head.split('\r\n');
  const [method = '', target = ''] = line.split(' ');
  const others = fields.filter((field) => !field.startsWith('host:'));
  return ['-X', method, ...others.flatMap((field) => ['-H', field]), `http://gate.test:8080${target}`];
}

describe('why and the running gate', () => {
  const { path: folder } = temporaryFolder();
  const file = join(folder, 'gate.json');
  const keyFile = join(folder, 'keys.json');
  let keys: Origin;
  let gate: Gate;

  before(async () => {
    keys = await startOrigin((_request, response) => void response.end(signer.jwks));
    const text = renderLocalFrontProxy({ listen: 0, jwks: keys.port, origin: keys.port });
    writeFileSync(file, text);
    writeFileSync(keyFile, signer.jwks);
    gate = await startGate(loadText(text, file));
  });

  after(async () => {
    await gate?.close();
    await keys?.close();
  });

  it('are asked about thirty refusals or more', () => assert.ok(refusals.length >= 30));

  for (const refusal of refusals) {
    it(`${refusal.name}: both refuse, in the same words, and why names the place`, async () => {
      const answer = await exchange(gate.listeners[0]?.port ?? 0, refusal.request);
      const keysFlag = ['--jwks', `provider_funnel=${keyFile}`];
      const { out } = await runCli(['why', '-c', file, '--json', ...keysFlag, ...whyArguments(refusal)]);
      const verdict = JSON.parse(out);
      assert.deepEqual([verdict.status, verdict.body], [answer?.status, answer?.body]);
      const filter = verdict.steps[0].steps.find((step: { kind: string }) => step.kind === 'filter');
      assert.equal(filter.verdict, 'deny');
      assert.deepEqual([filter.at.file, filter.at.line > 0], [file, true]);
    });
  }
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { forgeTokens } from '../fuzz/forge-tokens.ts';
import { Random } from '../fuzz/random.ts';
import { createFuzzKeys, type FuzzKeys, signGood } from '../fuzz/token-keys.ts';
import { type MutatedToken, mutateTokens } from '../fuzz/token-mutations.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from '../oracle/envoy-process.ts';
import { type Origin, startOrigin } from '../oracle/origin.ts';
import { findFreePort, type GateProcess, startGateProcess } from './gate-process.ts';
import { renderJwtGateConfig } from './jwt-gate-config.ts';
import { RawClient, type RawResponse } from './raw-exchange.ts';

const COUNT = Number(process.env['FUZZ_TOKENS'] ?? 10_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_220_701);
const SAMPLE = 2000;
const LANES = 8;
const ISSUER = 'https://issuer.test';

/** Where the gate is stricter than Envoy, it says what Envoy says when that part is wrong (docs/divergences.md). */
const STRICTER = new Set([
  'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections',
  'Jwt header is an invalid Base64url encoded',
  'Jwt header is an invalid JSON',
  'Jwt payload is an invalid Base64url encoded',
  'Jwt payload is an invalid JSON',
  'Jwt verification fails',
]);

/** Keep-alive connections that share the questions; a new one where the other side closed. */
class Asker {
  readonly #port: number;
  #client: RawClient;

  constructor(port: number) {
    this.#port = port;
    this.#client = new RawClient(port);
  }

  async ask(token: string): Promise<RawResponse | null> {
    if (this.#client.closed) this.#client = new RawClient(this.#port);
    this.#client.send(`GET / HTTP/1.1\r\nhost: gate.test\r\nauthorization: Bearer ${token}\r\n\r\n`);
    return await this.#client.response();
  }

  close(): void {
    this.#client.close();
  }
}

interface Answered extends MutatedToken {
  readonly status: number;
  readonly body: string;
}

async function askAll(port: number, tokens: readonly MutatedToken[]): Promise<Answered[]> {
  const answers: Answered[] = new Array(tokens.length);
  const queue = tokens.entries();
  const lane = async () => {
    const asker = new Asker(port);
    for (const [at, one] of queue) {
      const response = await asker.ask(one.text);
      answers[at] = { ...one, status: response?.status ?? 0, body: response?.body ?? 'closed' };
    }
    asker.close();
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return answers;
}

function isAsEnvoy(ours: Answered, theirs: Answered): boolean {
  if (ours.status === theirs.status && ours.body === theirs.body) return true;
  return theirs.status === 200 && ours.status === 401 && STRICTER.has(ours.body);
}

/** Half are good ones damaged as text, half are built wrongly with keys in hand. */
function makeTokens(keys: FuzzKeys, count: number): MutatedToken[] {
  const claims = { iss: ISSUER, sub: 'demo', exp: 4_000_000_000, aud: ['a', 'b'], scope: 'openid' };
  const good = keys.keys.map((key) => signGood(key, claims));
  const half = Math.floor(count / 2);
  return [
    ...mutateTokens(SEED, count - half, good),
    ...forgeTokens(new Random(SEED), keys, ISSUER).take(half),
  ].filter(({ text }) => text !== '');
}

describe(`${COUNT} mutated tokens`, () => {
  const keys = createFuzzKeys();
  let origin: Origin;
  let gate: GateProcess;
  let gatePort: number;
  let envoy: EnvoyProcess | null = null;
  let answers: Answered[];

  before(async () => {
    origin = await startOrigin();
    gatePort = await findFreePort();
    const config = (port: number) =>
      renderJwtGateConfig({ port, originPort: origin.port, issuer: ISSUER, jwks: keys.jwks });
    gate = await startGateProcess(config(gatePort), gatePort);
    if (findEnvoy() !== null) envoy = await startEnvoy(config(0));
    answers = await askAll(gatePort, makeTokens(keys, COUNT));
  });

  after(async () => {
    await Promise.all([gate?.stop(), envoy?.stop()]);
    await origin?.close();
  });

  it('every fiftieth, which is untouched, is admitted', () => {
    const twins = answers.filter(({ twin }) => twin);
    assert.ok(twins.length >= Math.floor(COUNT / 50));
    assert.deepEqual(
      twins.filter(({ status }) => status !== 200),
      [],
    );
  });

  it('every other answer is 200 or 401: none fails, none is cut off', () => {
    assert.deepEqual(answers.filter(({ status }) => status !== 200 && status !== 401).slice(0, 5), []);
    assert.equal(gate.ending(), null, gate.log());
  });

  it('none that is admitted is one that Envoy refuses', async () => {
    if (envoy === null) return;
    const admitted = answers.filter(({ status, twin }) => status === 200 && !twin);
    const theirs = await askAll(envoy.listeners[0]?.port ?? 0, admitted);
    assert.deepEqual(theirs.filter(({ status }) => status !== 200).slice(0, 5), []);
  });

  it(`every answer of a sample of ${SAMPLE} is Envoy's, or stricter by the rule`, async () => {
    if (envoy === null) return;
    const step = Math.max(1, Math.floor(COUNT / SAMPLE));
    const sample = answers.filter((_, at) => at % step === (at === 0 ? 0 : 1 % step)).slice(0, SAMPLE);
    const theirs = await askAll(envoy.listeners[0]?.port ?? 0, sample);
    const pairs = sample.map((ours, at) => ({ ours, theirs: theirs[at] as Answered }));
    assert.deepEqual(pairs.filter((pair) => !isAsEnvoy(pair.ours, pair.theirs)).slice(0, 5), []);
  });
});

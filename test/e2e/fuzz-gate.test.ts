import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Random } from '../fuzz/random.ts';
import { type MutatedRequest, mutateRequest } from '../fuzz/request-mutations.ts';
import { type StrictOrigin, type StrictRequest, startStrictOrigin } from '../fuzz/strict-origin.ts';
import { findFreePort, type GateProcess, startGateProcess } from './gate-process.ts';
import { renderJwtGateConfig } from './jwt-gate-config.ts';
import { RawClient } from './raw-exchange.ts';
import { createTokenSigner, EXPIRES_LATE } from './token-signer.ts';

const COUNT = Number(process.env['FUZZ_REQUESTS'] ?? 1000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_220_701);
const LANES = 16;
const ISSUER = 'https://issuer.test';

const signer = createTokenSigner('ES256');
const token = signer.sign({ iss: ISSUER, sub: 'a', exp: EXPIRES_LATE });

/** What no origin behind this gate may see. */
function judge({ target, fields }: StrictRequest): string | null {
  const values = (name: string) => fields.filter(([key]) => key === name).map(([, value]) => value);
  const payload = target.startsWith('/open') ? [] : [token.split('.')[1]];
  if (values('x-gate-marker').join() !== 'passed') return 'not passed by the gate';
  if (values('x-jwt-payload').join() !== payload.join()) return 'payload header not of the gate’s making';
  return null;
}

/** An innocent client, on a connection of its own: each answer must be the one to its own question. */
class Canary {
  readonly #port: number;
  #client: RawClient;
  #sent = 0;

  constructor(port: number) {
    this.#port = port;
    this.#client = new RawClient(port);
  }

  async ask(lane: number): Promise<void> {
    if (this.#client.closed) this.#client = new RawClient(this.#port);
    const target = `/open/canary-${lane}-${this.#sent++}`;
    this.#client.send(`GET ${target} HTTP/1.1\r\nhost: gate.test\r\n\r\n`);
    const response = await this.#client.response();
    assert.deepEqual([response?.status, response?.body], [200, target], 'the innocent client');
  }

  close(): void {
    this.#client.close();
  }
}

/** A head that is whole even for a lenient reader, and nothing that could announce a body: an answer is due. */
function isDueAnAnswer({ bytes }: MutatedRequest): boolean {
  const text = bytes.toString('latin1').replace(/^[\r\n]+/, '');
  return text.includes('\r\n\r\n') && !/length|encoding/i.test(text);
}

const OWN_FAULT = new Set([500, 502, 503, 504]);

async function play(port: number, request: MutatedRequest, canary: Canary, lane: number): Promise<void> {
  const client = new RawClient(port);
  try {
    const cut = Math.floor(request.bytes.length / 2);
    client.send(request.bytes.subarray(0, cut));
    await new Promise((resolve) => setImmediate(resolve));
    client.send(request.bytes.subarray(cut));
    await canary.ask(lane);
    while (isDueAnAnswer(request) && !client.closed && client.received.length === 0) {
      await client.activity(10_000);
    }
    const statuses = [...client.received.toString('latin1').matchAll(/^HTTP\/1\.1 (\d{3})/gm)];
    const faults = statuses.map(([, status]) => Number(status)).filter((status) => OWN_FAULT.has(status));
    assert.deepEqual(faults, [], 'a 5xx of the gate’s own making');
  } finally {
    client.close();
  }
}

async function playLane(port: number, lane: number, count: number): Promise<void> {
  const random = new Random(SEED + lane);
  const canary = new Canary(port);
  try {
    for (let index = 0; index < count; index++) {
      const request = mutateRequest(random, token);
      await play(port, request, canary, lane).catch((error: unknown) => {
        const bytes = request.bytes.toString('base64');
        const where = `seed ${SEED}, lane ${lane}, request ${index} (${request.classes.join(', ')}): ${bytes}`;
        throw new Error(`${(error as Error).message}\n${where}`, { cause: error });
      });
    }
  } finally {
    canary.close();
  }
}

describe('mutated requests', () => {
  let origin: StrictOrigin;
  let gate: GateProcess;
  let port: number;

  before(async () => {
    origin = await startStrictOrigin(judge);
    port = await findFreePort();
    const config = renderJwtGateConfig({ port, originPort: origin.port, issuer: ISSUER, jwks: signer.jwks });
    gate = await startGateProcess(config, port);
  });

  after(async () => {
    await gate?.stop();
    await origin?.close();
  });

  it('are answered or cut off, and an innocent client between them is always served', async () => {
    const lanes = Array.from({ length: LANES }, (_, lane) => playLane(port, lane, Math.ceil(COUNT / LANES)));
    await Promise.all(lanes);
    assert.equal(gate.ending(), null, gate.log());
  });

  it('bring nothing to the origin but clean requests that the gate let in', () => {
    assert.deepEqual(origin.violations.slice(0, 5), []);
    assert.ok(origin.count() > COUNT, 'the canaries alone are more');
  });

  it('leave a gate that ends in good order', async () => {
    assert.equal(await gate.stop(), 'exit 0');
    assert.doesNotMatch(gate.log(), /uncaught|unhandled/i);
  });
});

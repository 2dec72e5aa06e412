import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startPlainGate } from '../e2e/plain-gate.ts';
import { exchange, RawClient } from '../e2e/raw-exchange.ts';
import { type RecordingOrigin, startRecordingOrigin } from '../e2e/recording-origin.ts';
import { conformanceFolder } from './conformance-data.ts';
import { type Http1Case, readGunicorn, readLlhttp } from './http1-corpora.ts';
import { findDirt } from './http1-judge.ts';
import { PASSED_THOUGH_INVALID, REFUSED_THOUGH_VALID } from './http1-known.ts';

const llhttp = conformanceFolder('http1/llhttp');
const gunicorn = conformanceFolder('http1/gunicorn');
const cases: Http1Case[] = [
  ...(llhttp === null ? [] : readLlhttp(llhttp)),
  ...(gunicorn === null ? [] : [...readGunicorn(gunicorn, 'invalid'), ...readGunicorn(gunicorn, 'valid')]),
];
const AT_A_TIME = 24;
/** Statuses with which a gate may refuse; 408 says that it waited for more. */
const REFUSALS = new Set([400, 403, 404, 413, 414, 417, 426, 431, 501, 505]);
/** Limits so short that a connection that waits for more ends soon. */
const IMPATIENT = `
request_headers_timeout: 0.2s
stream_idle_timeout: 0.3s
delayed_close_timeout: 0.1s
common_http_protocol_options: {idle_timeout: 0.3s}`;

/** All statuses that the gate gave for a case's bytes, until it closed. */
const statuses = new Map<string, number[]>();
const canaries: (number | undefined)[] = [];
let origin: RecordingOrigin;
let gate: Awaited<ReturnType<typeof startPlainGate>>;

before(async () => {
  origin = await startRecordingOrigin();
  gate = await startPlainGate({ originPort: origin.port, manager: IMPATIENT });
  for (let at = 0; at < cases.length; at += AT_A_TIME) {
    const batch = cases.slice(at, at + AT_A_TIME);
    await Promise.all(batch.map(async ({ name, bytes }) => statuses.set(name, await send(bytes))));
    canaries.push((await exchange(gate.port, 'GET /canary HTTP/1.1\r\nHost: canary.test\r\n\r\n'))?.status);
  }
});

after(async () => {
  await gate.close();
  await origin.close();
});

async function send(bytes: Buffer): Promise<number[]> {
  const client = new RawClient(gate.port);
  client.send(bytes);
  const method = bytes.toString('latin1', 0, 4) === 'HEAD' ? 'HEAD' : 'GET';
  const given: number[] = [];
  for (;;) {
    const response = await client.response(method, 20_000);
    if (response === null) break;
    given.push(response.status);
  }
  client.close();
  return given;
}

describe('the HTTP/1 corpora', { skip: cases.length === 0 }, () => {
  for (const { name, invalid } of cases) {
    const verdict = invalid ? 'refused, or left unanswered until its time is up' : 'taken';
    it(`${name} is ${verdict}`, () => {
      const given = statuses.get(name) ?? [];
      for (const status of given)
        assert.ok(status < 400 || status === 408 || REFUSALS.has(status), `${status}`);
      const refused = given.some((status) => REFUSALS.has(status));
      const taken = !refused && given.some((status) => status < 400);
      if (invalid) assert.equal(taken, PASSED_THOUGH_INVALID.has(name), `statuses ${given}`);
      else assert.equal(refused, REFUSED_THOUGH_VALID.has(name), `statuses ${given}`);
    });
  }

  it('left nothing at the origin that is not clean and from the gate', () => {
    for (const received of origin.connections()) {
      assert.equal(findDirt(received), null, JSON.stringify(received.slice(0, 200)));
    }
  });

  it('disturbed no client between them', () => {
    assert.deepEqual(
      canaries.filter((status) => status !== 200),
      [],
    );
  });

  it('the lists of exceptions name cases that exist', () => {
    const names = new Set(cases.map(({ name }) => name));
    const stray = [...PASSED_THOUGH_INVALID.keys(), ...REFUSED_THOUGH_VALID.keys()].filter(
      (name) => !names.has(name),
    );
    assert.deepEqual(stray, []);
  });
});

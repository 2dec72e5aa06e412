import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SharedClock } from '../../src/platform/index.ts';
import { type GrpcAuthorizer, startGrpcAuthorizer } from '../fixtures/grpc-authorizer.ts';
import type { Ports } from './case.ts';
import { compareAnswers } from './compare.ts';
import { type EchoOrigin, type KeyServer, startEchoOrigin, startKeyServer } from './echo-origin.ts';
import { type CompiledCase, compileCase, startGateSide } from './gate-side.ts';
import { readGoldens } from './golden.ts';
import { judgeQuestion } from './grpc-judge.ts';
import { playRequests } from './play.ts';
import type { RunningSide } from './side.ts';

const goldens = readGoldens().map((golden, index) => ({ ...golden, id: `g${index}` }));
const clock = new SharedClock();

describe('where jotgate and Envoy once disagreed, a gate now', () => {
  let origin: EchoOrigin;
  let keys: KeyServer;
  let grpc: GrpcAuthorizer;
  let gate: RunningSide;
  const compiled = new Map<string, CompiledCase>();

  before(async () => {
    origin = await startEchoOrigin();
    keys = await startKeyServer();
    grpc = await startGrpcAuthorizer(judgeQuestion);
    const ports: Ports = { origin: origin.port, keys: keys.port, grpc: grpc.port };
    const cases = goldens.map(({ keys: documents, exchanges, ...one }) => {
      for (const [path, document] of Object.entries(documents)) keys.documents.set(path, document);
      return { ...one, keys: documents, requests: exchanges.map(({ request }) => request) };
    });
    for (const one of cases) compiled.set(one.id, compileCase(one, ports, clock));
    gate = await startGateSide(cases, compiled, clock);
  });

  after(async () => {
    await gate?.stop();
    await grpc?.close();
    await keys?.close();
    await origin?.close();
  });

  for (const { id, name, nowMs, exchanges } of goldens) {
    if (exchanges.length === 0) {
      it(`refuses what Envoy refuses: ${name}`, () => {
        assert.ok(gate.refusals.has(id));
      });
      continue;
    }
    it(`answers as Envoy: ${name}`, async () => {
      clock.set(nowMs);
      const port = gate.ports.get(id);
      assert.ok(port !== undefined, gate.refusals.get(id)?.reason ?? 'it has no port');
      const answers = await playRequests(
        port,
        exchanges.map(({ request }) => request),
      );
      for (const [index, { request, envoy }] of exchanges.entries()) {
        const answer = answers[index];
        assert.ok(answer !== undefined);
        assert.deepEqual(compareAnswers(envoy, answer), [], `${request.method} ${request.target}`);
      }
    });
  }
});

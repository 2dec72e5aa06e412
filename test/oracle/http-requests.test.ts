import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Gate } from '../../src/server/index.ts';
import { renderConfig, startPlainGate } from '../e2e/plain-gate.ts';
import { exchange, type RawResponse } from '../e2e/raw-exchange.ts';
import { type RawOrigin, startRawOrigin } from '../e2e/raw-origin.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from './envoy-process.ts';
import { ALIKE, STRICTER } from './http-cases.ts';

/** Fields that differ by nature. */
const OWN_FIELDS = new Set(['date', 'server', 'x-envoy-upstream-service-time']);

interface Scene {
  origin: RawOrigin;
  gate: Gate & { port: number };
  envoy: EnvoyProcess;
  envoyPort: number;
}

/** The reply, and of a request that got in the head that the origin got. */
async function ask({ origin }: Scene, port: number, given: string) {
  origin.seen.length = 0;
  const response = await exchange(port, given, given.startsWith('HEAD') ? 'HEAD' : 'GET');
  const head = origin.seen[0]?.head.replace(/^x-request-id: .*$/m, 'x-request-id: …');
  return { ...shown(response), head: response?.status === 200 ? head : undefined };
}

const shown = (response: RawResponse | null) => ({
  status: response?.status,
  body: response?.body,
  fields: response?.headers.filter(([name]) => !OWN_FIELDS.has(name)).map((field) => field.join(': ')),
});

if (findEnvoy() !== null) {
  describe('a request whose reading is in doubt', () => {
    let scene: Scene;
    before(async () => {
      const origin = await startRawOrigin((request) =>
        request.whenWhole(() => void request.socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')),
      );
      const envoy = await startEnvoy(renderConfig({ originPort: origin.port }));
      const gate = await startPlainGate({ originPort: origin.port });
      scene = { origin, gate, envoy, envoyPort: envoy.listeners[0]?.port ?? 0 };
    });
    after(async () => {
      await scene.gate.close();
      await scene.envoy.stop();
      await scene.origin.close();
    });

    for (const { name, given } of ALIKE) {
      it(`is answered and passed on as by Envoy: ${name.slice(0, 80)}`, async () => {
        assert.deepEqual(await ask(scene, scene.gate.port, given), await ask(scene, scene.envoyPort, given));
      });
    }

    for (const { name, given, row, status } of STRICTER) {
      it(`is refused where Envoy takes it, by row ${row}: ${name.slice(0, 80)}`, async () => {
        const ours = await ask(scene, scene.gate.port, given);
        assert.deepEqual([ours.status, ours.head], [status, undefined]);
        const envoys = await ask(scene, scene.envoyPort, given);
        assert.ok(envoys.status !== undefined && envoys.status < 400, `${envoys.status}`);
      });
    }
  });
}

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SharedClock } from '../../../src/platform/index.ts';
import type { Gate } from '../../../src/server/index.ts';
import { RawClient } from '../../e2e/raw-exchange.ts';
import { startGateOf } from '../../fixtures/loaded-gate.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from '../envoy-process.ts';
import { type RawConnection, type RawOrigin, startRawOrigin } from '../origin.ts';
import { portOf } from '../rehearsal/comparison.ts';
import { bootstrapOf } from '../rehearsal/scene.ts';
import { accessLogScene, LOGS, loggedRequests } from './access-log-cases.ts';

function answer({ socket, received }: RawConnection): void {
  const text = received.toString('latin1');
  if (!text.includes('\r\n\r\n') || text.includes('x-slow')) return;
  if (text.includes('x-cut')) socket.end();
  else if (text.includes('x-bad')) socket.end('NONSENSE\r\n\r\n');
  else
    socket.end(
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-type: text/html\r\nserver: theirs\r\nconnection: close\r\n\r\nok',
    );
}

const file = (folder: string, name: string) => join(folder, `${name}.log`);

/** What differs from run to run or from machine to machine. */
const comparable = (text: string) =>
  text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/[\da-f]{8}-[\da-f-]{27}/g, 'ID')
    .replaceAll(/took [\d|-]+/g, 'took')
    .replace(/(" \d+ [A-Z,-]+ \d+ \d+) \d+ (\d+|-) "/gm, '$1 MS "')
    .replaceAll(/ MS "/g, ' MS "');

const read = (folder: string, name: string) => comparable(readFileSync(file(folder, name), 'latin1'));
const WRITTEN_MS = 5000;

/** Envoy writes each file at times of its own: waits until none has less than the gate's, then for what it may have more. */
async function written({ envoy, gate }: { envoy: string; gate: string }): Promise<void> {
  const isShort = ({ name }: { name: string }) => read(envoy, name).length < read(gate, name).length;
  const deadline = Date.now() + WRITTEN_MS;
  while (LOGS.some(isShort) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 100));
}

async function send(port: number, text: string, method: string): Promise<void> {
  const client = new RawClient(port);
  client.send(Buffer.from(text, 'latin1'));
  await client.response(method);
  client.close();
}

if (findEnvoy() !== null) {
  describe('access logs have the lines that Envoy writes', () => {
    let folders: { envoy: string; gate: string };
    let origin: RawOrigin;
    let envoy: EnvoyProcess;
    let gate: Gate;

    before(async () => {
      const folder = () => mkdtempSync(join(tmpdir(), 'access-log-'));
      folders = { envoy: folder(), gate: folder() };
      origin = await startRawOrigin(answer);
      const bootstrap = (to: string) =>
        bootstrapOf([accessLogScene((name) => file(to, name))], origin.port, { dead: 1 }, [
          { name: 'empty', type: 'STATIC', load_assignment: { cluster_name: 'empty', endpoints: [] } },
        ]);
      envoy = await startEnvoy(bootstrap(folders.envoy), { args: ['--file-flush-interval-msec', '20'] });
      gate = await startGateOf(bootstrap(folders.gate), { clock: new SharedClock() });
      for (const { text, method } of loggedRequests) {
        await send(portOf(envoy, 'logged'), text, method);
        await send(gate.listeners[0]?.port as number, text, method);
      }
      await gate.close();
      await written(folders);
      await envoy.stop();
    });

    after(async () => {
      await origin?.close();
      for (const folder of Object.values(folders)) rmSync(folder, { recursive: true, force: true });
    });

    for (const { name } of LOGS) {
      it(name, () => {
        assert.deepEqual(read(folders.gate, name).split('\n'), read(folders.envoy, name).split('\n'));
      });
    }
  });
}

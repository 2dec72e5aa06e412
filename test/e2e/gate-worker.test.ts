import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it, mock } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { Logger } from '../../src/base/index.ts';
import { GateStartError, startGate } from '../../src/server/index.ts';
import { addressOf, bootstrapOf, listenerOf, managerOf } from '../fixtures/envoy-config.ts';
import { loadText } from '../fixtures/loaded-gate.ts';
import { findFreePort } from './gate-process.ts';
import { until } from './loop-fixture.ts';
import { exchange, RawClient } from './raw-exchange.ts';

const HELLO = { status: 200, body: { inline_string: 'hello' } };
const config = (port: number) =>
  bootstrapOf(
    [
      listenerOf(
        'one',
        [managerOf({ routes: [{ match: { prefix: '/' }, direct_response: HELLO }] })],
        {},
        port,
      ),
    ],
    [],
    { admin: { address: addressOf() } },
  );

const load = (port: number) => loadText(config(port));

function collectingLogger() {
  const lines: string[] = [];
  const add = (message: string) => {
    lines.push(message);
    logger.onLine(message);
  };
  const logger: Logger & { lines: string[]; onLine: (line: string) => void } = {
    lines,
    onLine() {},
    info: add,
    warn: add,
    error: add,
  };
  return logger;
}

/** Those that say anything from now on. */
function watchWorkers(): Worker[] {
  const workers: Worker[] = [];
  const emit = Worker.prototype.emit;
  mock.method(Worker.prototype, 'emit', function (this: Worker, ...args: Parameters<typeof emit>) {
    if (!workers.includes(this)) workers.push(this);
    return emit.apply(this, args);
  });
  return workers;
}

async function bodyOf(port: number): Promise<string | undefined> {
  for (let round = 0; round < 1000; round++) {
    const body = (await exchange(port, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'))?.body;
    if (body !== undefined) return body;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return undefined;
}

describe('a data worker', () => {
  it('that dies is replaced, at the same address, and until then the gate is not ready', async () => {
    const workers = watchWorkers();
    const logger = collectingLogger();
    const gate = await startGate({ ...load(await findFreePort()), logger });
    const port = gate.listeners[0]?.port ?? 0;
    assert.equal((await exchange(port, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'))?.body, 'hello');
    const isReady = async () => (await fetch(`http://127.0.0.1:${gate.admin?.port}/ready`)).ok;
    assert.equal(await isReady(), true);
    await workers[0]?.terminate();
    assert.equal(await isReady(), false);
    assert.equal(await bodyOf(port), 'hello');
    assert.equal(await isReady(), true);
    assert.ok(logger.lines.includes('the data worker is replaced'));
    mock.restoreAll();
    await gate.close();
  });

  it('whose replacement cannot start is replaced again', async () => {
    const workers = watchWorkers();
    const logger = collectingLogger();
    const gate = await startGate({ ...load(await findFreePort()), logger });
    const port = gate.listeners[0]?.port ?? 0;
    const other = createServer((socket) => socket.destroy());
    logger.onLine = (line) => {
      const replaced = logger.lines.filter((one) => one === 'the data worker is replaced').length;
      if (line === 'the data worker is replaced' && replaced === 1) other.listen(port, '127.0.0.1');
      if (line.startsWith('cannot listen')) other.close();
    };
    await workers[0]?.terminate();
    assert.equal(await bodyOf(port), 'hello');
    assert.ok(logger.lines.some((line) => line.startsWith('cannot listen')));
    mock.restoreAll();
    await gate.close();
  });
});

describe('a gate that drains', () => {
  it('ends at once where it is told to close meanwhile, for whoever waits for either', async () => {
    const gate = await startGate(load(0));
    const client = new RawClient(gate.listeners[0]?.port ?? 0);
    client.send('GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\n');
    await client.response();
    const drained = gate.drain();
    await gate.close();
    await drained;
    await until(() => client.closed);
  });
});

describe('a gate that cannot start', () => {
  it('says that the port is taken and what to do', async () => {
    const first = await startGate(load(0));
    const port = first.listeners[0]?.port ?? 0;
    await assert.rejects(startGate(load(port)), (error) => {
      assert.ok(error instanceof GateStartError);
      assert.equal(
        error.message,
        `cannot listen on 127.0.0.1:${port}: another program does; stop it, or listen elsewhere with \`--listen 127.0.0.1:${port}=127.0.0.1:PORT\``,
      );
      return true;
    });
    await first.close();
  });

  it('says that a --listen moves no listener, rather than leave one open', async () => {
    const move = { host: '0.0.0.0', port: 1, address: '127.0.0.1', toPort: 0 };
    await assert.rejects(startGate({ ...load(0), listen: [move] }), {
      name: 'Error',
      message: '`--listen 0.0.0.0:1=…` moves no listener: the configuration has `127.0.0.1:0`',
    });
  });
});

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Gate } from '../../src/server/index.ts';
import { startGateOf } from '../fixtures/loaded-gate.ts';
import { filter } from '../oracle/neighbours/scene-parts.ts';
import { type Origin, startOrigin } from '../oracle/origin.ts';
import { bootstrapOf } from '../oracle/rehearsal/scene.ts';
import { statOf } from './plain-gate.ts';
import { RawClient } from './raw-exchange.ts';

const SERVER = { uri: 'http://authz.test/', cluster: 'authz', timeout: '30s' };
const asks = (config: object = {}) =>
  filter('ext_authz.v3.ExtAuthz', { http_service: { server_uri: SERVER }, ...config });
const ofBody = (max_request_bytes: number, allow_partial_message = false) =>
  asks({ with_request_body: { max_request_bytes, allow_partial_message } });

const SCENES = [
  { name: 'whole', filters: [ofBody(4_000_000)] },
  { name: 'small', filters: [ofBody(10)] },
  { name: 'part', filters: [ofBody(10, true)] },
  { name: 'second', filters: [asks(), ofBody(10)] },
  { name: 'twice', filters: [ofBody(10, true), ofBody(4_000_000)] },
];

/** Resolves when the condition holds: it is looked at whenever the loop has turned. */
async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 20_000; turn++) {
    if (condition()) return;
    await new Promise((resolve) => setImmediate(resolve));
    if (turn > 1000) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.fail('the condition never held');
}

describe('a gate whose authorizer is told of bodies', () => {
  let origin: Origin;
  let authorizer: Origin;
  let gate: Gate;
  /** Answers that are held back, of questions about `/slow`. */
  const held: (() => void)[] = [];

  before(async () => {
    origin = await startOrigin();
    authorizer = await startOrigin(({ url }, response) => {
      const say = () => void response.writeHead(url === '/deny' ? 403 : 200).end('said');
      if (url === '/slow') held.push(say);
      else say();
    });
    gate = await startGateOf(bootstrapOf(SCENES, origin.port, { authz: authorizer.port }));
  });
  after(async () => {
    await gate?.close();
    await origin?.close();
    await authorizer?.close();
  });

  const portOf = (scene: string) => gate.listeners.find(({ name }) => name === scene)?.port as number;
  const head = (path: string, framing: string) => `POST ${path} HTTP/1.1\r\nhost: h\r\n${framing}\r\n\r\n`;
  const forget = () => {
    origin.requests.length = 0;
    authorizer.requests.length = 0;
    held.length = 0;
  };

  for (const scene of ['whole', 'part', 'twice']) {
    it(`sends on byte for byte what it held and what came after it (${scene})`, async () => {
      const body = randomBytes(3_000_000);
      const length = `${body.length.toString(16)}\r\n`;
      const chunked = Buffer.concat([Buffer.from(length), body, Buffer.from('\r\n0\r\n\r\n')]);
      for (const [framing, sent] of [
        [`content-length: ${body.length}`, body],
        ['transfer-encoding: chunked', chunked],
      ] as const) {
        forget();
        const client = new RawClient(portOf(scene));
        client.send(Buffer.concat([Buffer.from(head('/a', framing)), sent]));
        assert.equal((await client.response('POST'))?.status, 200);
        client.close();
        assert.ok(origin.requests[0]?.body.equals(body));
        const asked = authorizer.requests.map(({ body: told }) => told.length);
        assert.deepEqual(asked, { whole: [body.length], part: [10], twice: [10, body.length] }[scene]);
      }
    });
  }

  it('asks once and reads no further while the authorizer thinks', async () => {
    forget();
    const body = randomBytes(30_000_000);
    const socket = connect(portOf('part'), '127.0.0.1');
    socket.write(head('/slow', `content-length: ${body.length}`));
    socket.write(body);
    await until(() => held.length > 0);
    assert.equal(authorizer.requests[0]?.body.length, 10);
    assert.ok(socket.writableLength > 0);
    assert.equal(origin.requests.length, 0);
    held[0]?.();
    await until(() => origin.requests.length > 0);
    assert.ok(origin.requests[0]?.body.equals(body));
    assert.equal(authorizer.requests.length, 1);
    socket.destroy();
  });

  it('asks nobody about a client that leaves before its body is whole', async () => {
    forget();
    const left = statOf(gate, 'http.whole.downstream_rq_rx_reset') ?? 0;
    const socket = connect(portOf('whole'), '127.0.0.1');
    socket.write(`${head('/a', 'content-length: 8')}123`);
    await until(() => statOf(gate, 'http.whole.downstream_rq_active') === 1);
    socket.destroy();
    await until(() => statOf(gate, 'http.whole.downstream_rq_rx_reset') === left + 1);
    assert.equal(statOf(gate, 'http.whole.downstream_rq_active'), 0);
    assert.deepEqual([authorizer.requests.length, origin.requests.length], [0, 0]);
  });

  it('serves on after a body that was whole, also one that was denied', async () => {
    forget();
    const client = new RawClient(portOf('whole'));
    const requests = ['/deny', '/a', '/b'].map((path) => `${head(path, 'content-length: 3')}abc`);
    client.send(requests.join(''));
    const statuses = [];
    for (const _ of requests) statuses.push((await client.response('POST'))?.status);
    client.close();
    assert.deepEqual(statuses, [403, 200, 200]);
    assert.deepEqual(
      origin.requests.map(({ url, body }) => [url, body.toString()]),
      [
        ['/a', 'abc'],
        ['/b', 'abc'],
      ],
    );
  });

  it('refuses a broken chunk while it gathers, and asks nobody', async () => {
    forget();
    const client = new RawClient(portOf('whole'));
    client.send(`${head('/a', 'transfer-encoding: chunked')}3\r\nabc\r\nx\r\n`);
    const response = await client.response('POST');
    client.close();
    assert.equal(response?.status, 400);
    assert.deepEqual([authorizer.requests.length, origin.requests.length], [0, 0]);
  });

  it('refuses what is too large, though another filter waited while it came', async () => {
    forget();
    const client = new RawClient(portOf('second'));
    client.send(`${head('/slow', 'content-length: 15')}123456789012345`);
    await until(() => held.length > 0);
    held[0]?.();
    const response = await client.response('POST');
    client.close();
    assert.deepEqual([response?.status, response?.body], [413, 'Payload Too Large']);
    assert.deepEqual([authorizer.requests.length, origin.requests.length], [1, 0]);
  });
});

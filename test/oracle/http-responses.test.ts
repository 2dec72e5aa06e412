import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Gate } from '../../src/server/index.ts';
import { renderConfig, startPlainGate } from '../e2e/plain-gate.ts';
import { exchange } from '../e2e/raw-exchange.ts';
import { type RawOrigin, startRawOrigin } from '../e2e/raw-origin.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from './envoy-process.ts';

const head = (status: string, ...fields: string[]) =>
  `${[`HTTP/1.1 ${status}`, ...fields].join('\r\n')}\r\n\r\n`;
const ok = (...fields: string[]) => head('200 OK', ...fields);
const chunked = 'transfer-encoding: chunked';
const CHUNKS = '2\r\nok\r\n0\r\n\r\n';
const EMPTY = ok('content-length: 0');

interface ResponseCase {
  name: string;
  said: string;
  /** The origin closes after it. */
  closes?: boolean;
}

/** Both make the same of these: status, body, fields. */
const ALIKE: ResponseCase[] = [
  { name: 'a length and chunks', said: ok('content-length: 2', chunked) + CHUNKS },
  { name: 'chunks and a length', said: ok(chunked, 'content-length: 2') + CHUNKS },
  { name: 'two lengths', said: `${ok('content-length: 2', 'content-length: 2')}ok` },
  { name: 'a list of lengths', said: `${ok('content-length: 2, 2')}ok` },
  { name: 'a signed length', said: `${ok('content-length: +2')}ok`, closes: true },
  { name: 'another coding', said: ok('transfer-encoding: gzip, chunked') + CHUNKS },
  { name: 'chunked twice', said: ok(chunked, chunked) + CHUNKS },
  { name: 'no framing', said: `${ok()}ok`, closes: true },
  { name: '204 with a length', said: `${head('204 No Content', 'content-length: 2')}ok` },
  { name: '204 with chunks', said: head('204 No Content', chunked) + CHUNKS },
  { name: '204 with the length 0', said: head('204 No Content', 'content-length: 0') },
  { name: '304 with a length', said: head('304 Not Modified', 'content-length: 2') },
  { name: '100 with a length', said: head('100 Continue', 'content-length: 2') + EMPTY },
  { name: '103 with chunks', said: head('103 Early Hints', chunked) + EMPTY },
  { name: '103 with the length 0', said: head('103 Early Hints', 'content-length: 0') + EMPTY },
  { name: 'half a status line', said: 'HTTP/1.', closes: true },
  { name: 'half a head', said: 'HTTP/1.1 200 OK\r\ncont', closes: true },
  { name: 'nothing', said: '', closes: true },
  { name: 'no phrase', said: head('200', 'content-length: 0') },
  { name: 'a status of letters', said: head('abc X', 'content-length: 0') },
  { name: 'a NUL in a value', said: ok('x: a\0b', 'content-length: 0') },
  { name: 'a blank before a colon', said: ok('x : a', 'content-length: 0') },
  { name: 'a hundred and one fields', said: ok(...Array(101).fill('x: a'), 'content-length: 0') },
  { name: 'a field that names all', said: ok('connection: a,b,c,d,e,f,g,h,i,j,k', 'content-length: 0') },
];

/** Row H14 of docs/divergences.md. */
const STRICTER: ResponseCase[] = [
  { name: 'lines that end in LF alone', said: 'HTTP/1.1 200 OK\ncontent-length: 0\n\n' },
  { name: 'a folded line', said: ok('x: a\r\n b', 'content-length: 0') },
  { name: 'a CR in a value', said: ok('x: a\rb', 'content-length: 0') },
  { name: 'a CR in the phrase', said: head('200 O\rK', 'content-length: 0') },
  { name: 'two spaces before the status', said: head(' 200 OK', 'content-length: 0') },
  { name: 'a status of four digits', said: head('1000 X', 'content-length: 0') },
  { name: 'HTTP/1.2', said: 'HTTP/1.2 200 OK\r\ncontent-length: 0\r\n\r\n' },
  { name: 'chunks in HTTP/1.0', said: `HTTP/1.0 200 OK\r\n${chunked}\r\n\r\n${CHUNKS}`, closes: true },
  { name: 'content_length', said: ok('content_length: 3', 'content-length: 0') },
  { name: 'a field of 62,000 bytes', said: ok(`x: ${'a'.repeat(62_000)}`, 'content-length: 0') },
];

const OWN_FIELDS = new Set(['date', 'server', 'x-envoy-upstream-service-time']);
const REQUEST = 'GET /x HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n';

async function ask(port: number) {
  const response = await exchange(port, REQUEST);
  const fields = response?.headers.filter(([name]) => !OWN_FIELDS.has(name)).map((field) => field.join(': '));
  return { status: response?.status, body: response?.body, fields };
}

if (findEnvoy() !== null) {
  describe('a response whose reading is in doubt', () => {
    let said: ResponseCase;
    let origin: RawOrigin;
    let gate: Gate & { port: number };
    let envoy: EnvoyProcess;
    const envoyPort = () => envoy.listeners[0]?.port ?? 0;
    before(async () => {
      origin = await startRawOrigin(({ socket }) => {
        if (said.closes) socket.end(Buffer.from(said.said, 'latin1'));
        else socket.write(Buffer.from(said.said, 'latin1'));
      });
      const manager = 'server_header_transformation: PASS_THROUGH';
      envoy = await startEnvoy(renderConfig({ originPort: origin.port, manager }));
      gate = await startPlainGate({ originPort: origin.port, manager });
    });
    after(async () => {
      await gate.close();
      await envoy.stop();
      await origin.close();
    });

    for (const one of ALIKE) {
      it(`is passed on or refused as by Envoy: ${one.name}`, async () => {
        said = one;
        assert.deepEqual(await ask(gate.port), await ask(envoyPort()));
      });
    }

    it('has one line of a date and a server, however often the origin names them', async () => {
      const [date, server] = ['date: Thu, 01 Jan 2026 00:00:00 GMT', 'server: a'];
      const named = ok(date, server, 'date: b', 'date:', 'server: c', 'x: d', 'x: e', 'content-length: 0');
      said = { name: 'repeated', said: named };
      const linesOf = async (port: number) =>
        (await exchange(port, REQUEST))?.headers.filter(([name]) => !name.startsWith('x-envoy'));
      const lines = await linesOf(gate.port);
      assert.equal(lines?.filter(([name]) => name === 'date').length, 1);
      assert.deepEqual(lines, await linesOf(envoyPort()));
    });

    for (const one of STRICTER) {
      it(`is refused where Envoy takes it: ${one.name}`, async () => {
        said = one;
        assert.equal((await ask(gate.port)).status, 502);
        assert.notEqual((await ask(envoyPort())).status, 502);
      });
    }
  });
}

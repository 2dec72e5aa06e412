import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { HttpFilter } from '../../src/proxy/filters/filter.ts';
import type { HeaderList } from '../../src/proxy/http/header-list.ts';
import { addRequestLine, addResponseLine } from '../../src/proxy/http/join-lines.ts';
import { forwardTo } from '../fixtures/forward-action.ts';
import { type RawOrigin, startRawOrigin } from '../oracle/origin.ts';
import { startTestLoop, type TestLoop } from './loop-fixture.ts';
import { RawClient, type RawResponse } from './raw-exchange.ts';

type Change = (headers: HeaderList, addLine: typeof addRequestLine) => void;

const CHANGES: Readonly<Record<string, Change>> = {
  'a length removed': (headers) => headers.remove('content-length'),
  'a length overwritten': (headers) => headers.replace('content-length', '3'),
  'a length set': (headers) => headers.set('content-length', '99'),
  'a length added': (headers, addLine) => addLine(headers, 'content-length', '7'),
  'a coding added': (headers, addLine) => addLine(headers, 'transfer-encoding', 'chunked'),
  'a coding overwritten': (headers) => headers.replace('transfer-encoding', 'gzip'),
  'a coding removed': (headers) => headers.remove('transfer-encoding'),
};

const REQUESTS = {
  'a request without a body': { sent: 'GET / HTTP/1.1\r\nhost: h\r\n\r\n', lines: [], body: '' },
  'a request with a length': {
    sent: 'POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 5\r\n\r\nGET /',
    lines: ['content-length: 5'],
    body: 'GET /',
  },
  'a chunked request': {
    sent: 'POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n5\r\nGET /\r\n0\r\n\r\n',
    lines: ['transfer-encoding: chunked'],
    body: '5\r\nGET /\r\n0\r\n\r\n',
  },
};

const RESPONSES = {
  'a response with a length': ['content-length: 5\r\n\r\nhello', 'content-length: 5'],
  'a response without a body': ['content-length: 0\r\n\r\n', 'content-length: 0'],
  'a chunked response': [
    'transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    'transfer-encoding: chunked',
  ],
} as const;

const OWN = { status: 403, body: 'hello', headers: [], details: 'own' };

/** The lines of a head that tell where the message ends. */
const framingOf = (head: string) =>
  head.split('\r\n').filter((line) => /^(?:content-length|transfer-encoding):/.test(line));

const linesOf = ({ headers }: RawResponse) =>
  headers.map(([name, value]) => `${name}: ${value}`).join('\r\n');

describe('where a message ends is what it was, whatever filters make of the lines that say so', () => {
  let change: { request: Change | null; response: Change | null };
  let answer: string;
  let received = '';
  let origin: RawOrigin;
  let loop: TestLoop;

  before(async () => {
    const filter: HttpFilter = {
      kind: 'changing',
      origin: {},
      decodeHeaders({ request }) {
        change.request?.(request.headers, addRequestLine);
        return request.path === '/own' ? OWN : undefined;
      },
      encodeHeaders(_stream, { headers }) {
        change.response?.(headers, addResponseLine);
      },
    };
    origin = await startRawOrigin(({ socket, received: bytes }) => {
      received = bytes.toString('latin1');
      if (/\r\n\r\n$|GET \/$/.test(received)) socket.end(`HTTP/1.1 200 OK\r\n${answer}`);
    });
    loop = await startTestLoop({ originPort: origin.port, action: forwardTo('origin'), filters: [filter] });
  });

  after(async () => {
    await loop.close();
    await origin.close();
  });

  async function exchange(request: string) {
    received = '';
    const client = new RawClient(loop.port);
    client.send(Buffer.from(request, 'latin1'));
    const response = await client.response('GET');
    client.close();
    return response;
  }

  for (const [changed, request] of Object.entries(CHANGES)) {
    for (const [name, { sent, lines, body }] of Object.entries(REQUESTS)) {
      it(`${name}: ${changed}`, async () => {
        change = { request, response: null };
        answer = RESPONSES['a response without a body'][0];
        assert.equal((await exchange(sent))?.status, 200);
        assert.deepEqual(framingOf(received), lines);
        assert.equal(received.slice(received.indexOf('\r\n\r\n') + 4), body);
      });
    }
    for (const [name, [sent, wanted]] of Object.entries(RESPONSES)) {
      it(`${name}: ${changed}`, async () => {
        change = { request: null, response: request };
        answer = sent;
        const response = await exchange(REQUESTS['a request without a body'].sent);
        assert.equal(response?.status, 200);
        assert.deepEqual(framingOf(linesOf(response)), [wanted]);
        assert.equal(response.body, sent.includes('hello') ? 'hello' : '');
      });
    }
    it(`a reply of the gate's own: ${changed}`, async () => {
      change = { request: null, response: request };
      const response = await exchange('GET /own HTTP/1.1\r\nhost: h\r\n\r\n');
      assert.equal(response?.status, 403);
      assert.deepEqual(framingOf(linesOf(response)), ['content-length: 5']);
      assert.equal(response.body, 'hello');
    });
  }
});

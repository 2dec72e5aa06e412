import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { AccessLog } from '../../src/proxy/access-log/access-log.ts';
import type { HttpFilter } from '../../src/proxy/filters/filter.ts';
import type { FormatSource } from '../../src/proxy/format/format-source.ts';
import { compileTextFormat } from '../../src/proxy/format/text-format.ts';
import { type LoopOptions, startTestLoop, until } from './loop-fixture.ts';
import { exchange, RawClient } from './raw-exchange.ts';
import { answerOk, type SeenRequest, startRawOrigin } from './raw-origin.ts';

const running: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
});

/** A loop whose log is gathered, and what becomes of one line of it. */
async function start(
  format: string,
  more: Omit<LoopOptions, 'originPort' | 'accessLog'> = {},
  answer: (request: SeenRequest) => void = answerOk,
) {
  const compiled = compileTextFormat(format, '-');
  assert.ok('format' in compiled);
  const lines: string[] = [];
  let tell: () => void = () => undefined;
  const first = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const log = { path: 'log', filter: null, format: compiled.format };
  const accessLog = AccessLog.open([log], () => ({
    write(text) {
      lines.push(text);
      tell();
    },
  }));
  assert.ok(accessLog);
  const origin = await startRawOrigin(answer);
  const loop = await startTestLoop({ originPort: origin.port, accessLog, ...more });
  running.push(loop, origin);
  return { loop, lines, first };
}

const GET = 'GET /a HTTP/1.1\r\nHost: h\r\n\r\n';

describe('the line of an exchange', () => {
  it('has the metadata that a filter writes after its refusal', async () => {
    const { loop, lines } = await start(
      '%RESPONSE_CODE% %RESPONSE_CODE_DETAILS% %DYNAMIC_METADATA(rbac:policy)%',
      {
        filters: [
          {
            decodeHeaders: (stream) => ({
              status: 403,
              body: 'no',
              headers: [],
              details: 'denied',
              beforeFilters: () => stream.metadata.set('rbac', 'policy', 'p'),
            }),
          },
        ],
      },
    );
    await exchange(loop.port, GET);
    assert.deepEqual(lines, ['403 denied p']);
  });

  it('has the flag of a limit, which filters on the reply’s way out see', async () => {
    const flags: unknown[] = [];
    const limit: Partial<HttpFilter> = {
      decodeHeaders: () => ({ status: 429, body: '', headers: [], details: 'local_rate_limited' }),
      encodeHeaders: (stream: FormatSource) => void flags.push(stream.progress?.flags),
    };
    const { loop, lines } = await start('%RESPONSE_FLAGS% %RESPONSE_FLAGS_LONG%', { filters: [limit] });
    await exchange(loop.port, GET);
    assert.deepEqual([flags, lines], [['RL'], ['RL RateLimited']]);
  });

  it('tells of a client that left before there was an answer', async () => {
    const silent = () => client.close();
    const format = '%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS%';
    const { loop, lines, first } = await start(format, {}, silent);
    const client = new RawClient(loop.port);
    client.send(GET);
    await first;
    assert.deepEqual(lines, ['0 DC downstream_remote_disconnect']);
  });

  it('that cannot be made when its client leaves costs nobody else anything', async () => {
    const fails = () => {
      throw new Error('bug');
    };
    const accessLog = AccessLog.open([{ path: 'log', filter: null, format: { render: fails } }], () => ({
      write: () => undefined,
    }));
    assert.ok(accessLog);
    const origin = await startRawOrigin(() => client.close());
    const loop = await startTestLoop({ originPort: origin.port, accessLog });
    running.push(loop, origin);
    const client = new RawClient(loop.port);
    client.send(GET);
    await until(() => loop.bugs.length > 0);
    assert.deepEqual(loop.bugs.map(String), ['Error: bug']);
    assert.equal(loop.stat('http.test.downstream_cx_active'), 0);
  });

  it('tells of a head that cannot be read', async () => {
    const { loop, lines } = await start('%REQ(:METHOD)% %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_SENT%');
    await exchange(loop.port, 'NONSENSE\r\n\r\n');
    assert.deepEqual(lines, ['- 400 DPE 11']);
  });

  it('blames the client’s protocol for a field that cannot be sent', async () => {
    const filters: LoopOptions['filters'] = [
      { decodeHeaders: ({ request }) => void request.headers.append('x-c', 'a\u0001') },
    ];
    const { loop, lines } = await start('%RESPONSE_CODE% %RESPONSE_FLAGS%', { filters });
    await exchange(loop.port, GET);
    assert.deepEqual(lines, ['503 DPE']);
  });

  const unread: { name: string; head: string; want: string }[] = [
    { name: 'of another version', head: 'GET /b HTTP/1.0\r\n', want: '- - - low_version' },
    { name: 'without a host', head: 'GET /b HTTP/1.1\r\n\r\n', want: 'GET - /b missing_host_header' },
  ];
  for (const { name, head, want } of unread) {
    it(`says nothing of the request before where a head is refused: ${name}`, async () => {
      const { loop, lines } = await start(
        '%REQ(:METHOD)% %REQ(:AUTHORITY)% %REQ(:PATH)% %RESPONSE_CODE_DETAILS%',
      );
      await exchange(loop.port, head);
      const client = new RawClient(loop.port);
      client.send('POST /secret HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n');
      await client.response();
      client.send(head);
      await client.response();
      assert.deepEqual(lines, [want, 'POST h /secret via_upstream', want]);
    });
  }

  it('has what the response was sent with', async () => {
    const { loop, lines } = await start('%RESP(server)% %BYTES_SENT% %UPSTREAM_CLUSTER% %RESPONSE_CODE%');
    const response = await exchange(loop.port, GET);
    assert.deepEqual(lines, [`jotgate ${response?.body.length} origin 200`]);
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { AccessLog } from '../../src/proxy/access-log/access-log.ts';
import type { FilterStream } from '../../src/proxy/filters/filter.ts';
import { compileTextFormat } from '../../src/proxy/format/text-format.ts';
import type { HttpOptions } from '../../src/proxy/http/http-options.ts';
import { forwardTo } from '../fixtures/forward-action.ts';
import { type RawOrigin, startRawOrigin } from '../oracle/origin.ts';
import { type LoopOptions, startTestLoop, type TestLoop } from './loop-fixture.ts';
import { RawClient } from './raw-exchange.ts';

/** What the last filter was shown of a request, as it would stand on the wire. */
function shown({ request }: FilterStream): string {
  const { names, values } = request.headers;
  const fields = names.map((name, index) => `${name}: ${values[index]}\r\n`);
  return `${request.method} ${request.path} HTTP/1.1\r\nhost: ${request.authority}\r\n${fields.join('')}\r\n`;
}

const word = fc.string({ unit: fc.constantFrom(..."aB0/.;%2fF5cC+=&-_~'"), minLength: 0, maxLength: 12 });
const value = fc
  .string({ unit: fc.constantFrom(...'aZ09 "\\,;=\t%\xe9'), maxLength: 12 })
  .map((text) => text.trim());
const requests = fc.record({
  path: word,
  query: fc.option(word, { nil: undefined }),
  host: fc.constantFrom('h', 'h:80', 'h.', 'h.:81', '[::1]:80', 'H.Test'),
  fields: fc.array(fc.tuple(fc.constantFrom('x-a', 'X-B', 'cookie', 'via', 'accept'), value), {
    maxLength: 5,
  }),
});

const MANAGERS: { name: string; options: Partial<HttpOptions> }[] = [
  { name: 'as it comes', options: {} },
  { name: 'with paths made normal', options: { normalizePath: true, mergeSlashes: true } },
  {
    name: 'with hosts cut and ways told',
    options: {
      stripsHostPort: 'any',
      stripsHostDot: true,
      appendsForwardedPort: true,
      via: 'gw',
      useRemoteAddress: true,
    },
  },
];

describe('what was authorised is what is forwarded, byte for byte', () => {
  for (const { name, options } of MANAGERS) {
    describe(name, () => {
      let seen = '';
      let received = '';
      let logged = '';
      let loop: TestLoop;
      let origin: RawOrigin;

      before(async () => {
        origin = await startRawOrigin(({ socket, received: bytes }) => {
          received = bytes.toString('latin1');
          if (received.endsWith('\r\n\r\n'))
            socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
        });
        const compiled = compileTextFormat('%REQ(:METHOD)% %REQ(:PATH)% %REQ(:AUTHORITY)%', '-');
        assert.ok('format' in compiled);
        const log = { path: 'log', filter: null, format: compiled.format };
        const given: LoopOptions = {
          originPort: origin.port,
          options: { ...options, suppressEnvoyHeaders: true },
          action: forwardTo('origin'),
          filters: [
            {
              decodeHeaders(stream) {
                seen = shown(stream);
                return undefined;
              },
            },
          ],
        };
        const accessLog = AccessLog.open([log], () => ({
          write(text) {
            logged = text;
          },
        }));
        loop = await startTestLoop(accessLog === null ? given : { ...given, accessLog });
      });

      after(async () => {
        await loop.close();
        await origin.close();
      });

      it('whatever the path, the query, the host and the fields', async () => {
        await fc.assert(
          fc.asyncProperty(requests, async ({ path, query, host, fields }) => {
            seen = received = logged = '';
            const target = `/${path}${query === undefined ? '' : `?${query}`}`;
            const lines = fields.map(([field, text]) => `${field}: ${text}\r\n`).join('');
            const client = new RawClient(loop.port);
            client.send(Buffer.from(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${lines}\r\n`, 'latin1'));
            const response = await client.response('GET');
            client.close();
            if (response?.status !== 200) {
              assert.equal(received, '');
              return;
            }
            assert.equal(received, seen);
            const [requestLine = '', hostLine = ''] = received.split('\r\n');
            assert.equal(
              logged,
              `${requestLine.replace(' HTTP/1.1', '')} ${hostLine.slice('host: '.length)}`,
            );
          }),
          { numRuns: 150 },
        );
      });
    });
  }
});

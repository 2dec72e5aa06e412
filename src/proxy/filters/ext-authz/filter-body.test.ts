import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '@bufbuild/protobuf';
import { goodFilter } from '../../../../test/fixtures/compile-filter.ts';
import { TestStream } from '../../../../test/fixtures/filter-stream.ts';
import { AuthorizerStub, httpService, replyOf } from '../../../../test/fixtures/http-authorizer.ts';
import { routeSaying } from '../../../../test/fixtures/route-words.ts';
import { TreeRecorder } from '../../../base/index.ts';
import type { BodyWant, GatheredBody, LocalReply, RequestBody } from '../filter.ts';
import { extAuthzFactory } from './factory.ts';

/** A request's body that is all there; keeps what was wanted of it. */
class WholeBody implements RequestBody {
  readonly wants: BodyWant[] = [];
  readonly #bytes: Buffer;

  constructor(text: string) {
    this.#bytes = Buffer.from(text, 'latin1');
  }

  async gather(want: BodyWant): Promise<GatheredBody> {
    this.wants.push(want);
    return { bytes: this.#bytes.subarray(0, want.bytesMax), size: this.#bytes.length };
  }
}

describe('ext_authz tells its service of the body', () => {
  const part = { with_request_body: { max_request_bytes: 4, allow_partial_message: true } };

  async function askOf(config: JsonObject, levels: JsonObject[], text: string) {
    const service = new AuthorizerStub(replyOf(200));
    const { filter, context } = goodFilter(extAuthzFactory, config, null, { upstreams: service });
    const stream = new TestStream({
      method: 'POST',
      route: routeSaying(extAuthzFactory, levels, context),
      headers: [['x-envoy-auth-partial-body', 'theirs']],
    });
    const body = new WholeBody(text);
    stream.body = body;
    await filter.decodeHeaders(stream);
    const [, request] = service.asked[0] ?? [];
    const lines = request?.head.split('\r\n').filter((line) => /^(content-length|x-envoy-auth)/.test(line));
    return {
      wants: body.wants.map(({ bytesMax, partial }) => ({ bytesMax, partial })),
      lines,
      body: request?.body?.toString('latin1'),
    };
  }

  it('as many bytes as it may have, and whether there are more', async () => {
    const config = { ...httpService(), ...part, allowed_headers: { patterns: [{ prefix: 'x-' }] } };
    assert.deepEqual(await askOf(config, [], 'abcde\xff'), {
      wants: [{ bytesMax: 4, partial: true }],
      lines: ['content-length: 4', 'x-envoy-auth-partial-body: true'],
      body: 'abcd',
    });
    assert.deepEqual((await askOf(config, [], 'ab\xff')).lines, [
      'content-length: 3',
      'x-envoy-auth-partial-body: false',
    ]);
  });

  const routes: { name: string; levels: JsonObject[]; want: BodyWant[] }[] = [
    { name: 'nothing', levels: [{ disable_request_body_buffering: true }], want: [] },
    {
      name: 'more',
      levels: [{ with_request_body: { max_request_bytes: 9 } }],
      want: [{ bytesMax: 9, partial: false }],
    },
    {
      name: 'what the filter says, whatever the virtual host does',
      levels: [{}, { disable_request_body_buffering: true }],
      want: [{ bytesMax: 4, partial: true }],
    },
  ];
  for (const { name, levels, want } of routes) {
    it(`where a route says so, ${name}`, async () => {
      const said = levels.map((level) => ({ check_settings: level }));
      assert.deepEqual((await askOf({ ...httpService(), ...part }, said, 'abcde')).wants, want);
    });
  }

  it('and asks nobody when the exchange ends before it is there', async () => {
    const service = new AuthorizerStub(replyOf(200));
    const { filter, context } = goodFilter(extAuthzFactory, { ...httpService(), ...part }, null, {
      upstreams: service,
    });
    const stream = new TestStream({ route: routeSaying(extAuthzFactory, [], context) });
    stream.body = {
      gather: async () => {
        stream.closed = true;
        return null;
      },
    };
    assert.equal(await filter.decodeHeaders(stream), undefined);
    assert.deepEqual(service.asked, []);
  });

  const lengths: {
    length: string | null;
    partial: boolean;
    held?: number;
    status?: number;
    note: string;
  }[] = [
    {
      length: null,
      partial: false,
      note: 'unknown the service is told the body, at most 4 bytes: no body is known here',
    },
    {
      length: '4',
      partial: false,
      note: 'ok the service is told the body, at most 4 bytes: this one has 4 bytes',
    },
    {
      length: '5',
      partial: false,
      status: 413,
      note: 'deny the service is told the body, at most 4 bytes: this one has 5 bytes',
    },
    {
      length: '5',
      partial: true,
      note: 'ok the service is told the first 4 bytes of the body: this one has 5 bytes',
    },
    {
      length: '5',
      partial: true,
      held: 4,
      note: 'ok the service is told the first 4 bytes of the body: this one has 5 bytes',
    },
    {
      length: '3',
      partial: true,
      held: 2,
      status: 413,
      note: 'deny the service is told the first 4 bytes of the body: this one has 3 bytes, and the listener holds 2',
    },
    {
      length: '4',
      partial: true,
      held: 2,
      note: 'unknown the service is told the first 4 bytes of the body: this one has 4 bytes, and the listener holds 2: it may be refused',
    },
    {
      length: '4',
      partial: false,
      held: 2,
      note: 'ok the service is told the body, at most 4 bytes: this one has 4 bytes',
    },
  ];
  for (const { length, partial, held, status, note } of lengths) {
    const how = `${partial ? 'in part' : 'whole'}${held === undefined ? '' : ` where ${held} are held`}`;
    it(`in a rehearsal says what would be told of ${length} bytes, ${how}`, () => {
      const body = { with_request_body: { max_request_bytes: 4, allow_partial_message: partial } };
      const { filter, context } = goodFilter(extAuthzFactory, { ...httpService(), ...body });
      const recorder = new TreeRecorder();
      const stream = new TestStream({
        route: routeSaying(extAuthzFactory, [], context),
        recorder,
        headers: length === null ? [] : [['content-length', length]],
      });
      if (held !== undefined) stream.bodyBytesMax = held;
      const reply = filter.decodeHeaders(stream);
      assert.equal((reply as LocalReply | undefined)?.status, status);
      const [step] = recorder.root.steps;
      assert.equal(`${step?.verdict} ${step?.text}: ${step?.reason}`, note);
      assert.equal(step?.field, 'with_request_body');
    });
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '@bufbuild/protobuf';
import { goodFilter } from '../../../../test/fixtures/compile-filter.ts';
import { play, type StreamWords, TestStream } from '../../../../test/fixtures/filter-stream.ts';
import { TreeRecorder } from '../../../base/index.ts';
import { HeaderList } from '../../http/header-list.ts';
import { localRateLimitFactory } from './factory.ts';

const always = { default_value: { numerator: 100 } };
const generic = { generic_key: { descriptor_value: 'x' } };

/** What the recipe makes of a request is counted in a bucket of five, under `value` of the key `key`. */
const filterOf = (recipe: JsonObject, key = 'generic_key', value = 'x', more: JsonObject = {}) =>
  goodFilter(localRateLimitFactory, {
    stat_prefix: 'p',
    filter_enabled: always,
    filter_enforced: always,
    rate_limits: [{ actions: [generic], ...recipe }],
    descriptors: [{ entries: [{ key, value }], token_bucket: { max_tokens: 5, fill_interval: '600s' } }],
    ...more,
  }).filter;

/** How many of ten such requests are let in. */
async function admitted(filter: ReturnType<typeof filterOf>, words: StreamWords): Promise<number> {
  let count = 0;
  for (let turn = 0; turn < 10; turn++) {
    if ((await play(filter, words)).reply === undefined) count++;
  }
  return count;
}

/** Each was asked of Envoy 1.40: oracle/neighbours. */
describe('a request is counted', () => {
  const q = { query_parameters: { query_parameter_name: 'q', descriptor_key: 'k' } };
  const local: JsonObject = { ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] };
  const address = (more: JsonObject = {}): JsonObject => ({
    remote_address_match: { descriptor_value: '%REQ(x-a)%', address_matcher: local, ...more },
  });
  const from = { connection: { remoteAddress: '10.1.2.3' } };
  const said = (value: string): StreamWords => ({ headers: [['x-a', value]] });
  const table: {
    name: string;
    recipe: JsonObject;
    key?: string;
    words: StreamWords;
    want: number;
  }[] = [
    { name: 'by a query parameter', recipe: { actions: [q] }, key: 'k', words: { path: '/?q=x' }, want: 5 },
    { name: 'decoded', recipe: { actions: [q] }, key: 'k', words: { path: '/?%71=%78&q=y' }, want: 5 },
    { name: 'not by another', recipe: { actions: [q] }, key: 'k', words: { path: '/?q=y&q=x' }, want: 10 },
    { name: 'not without it', recipe: { actions: [q, generic] }, words: { path: '/' }, want: 10 },
    {
      name: 'without it, where it may be absent',
      recipe: { actions: [{ query_parameters: { ...q.query_parameters, skip_if_absent: true } }, generic] },
      words: { path: '/' },
      want: 5,
    },
    {
      name: 'by its address, under a format',
      recipe: { actions: [address()] },
      key: 'remote_address_match',
      words: { ...from, ...said('x') },
      want: 5,
    },
    {
      name: 'under the default where the format finds nothing',
      recipe: { actions: [address({ descriptor_key: 'k', default_value: 'x' })] },
      key: 'k',
      words: from,
      want: 5,
    },
    {
      name: 'not where there is none',
      recipe: { actions: [address(), generic] },
      words: from,
      want: 10,
    },
    {
      name: 'not from elsewhere',
      recipe: { actions: [address({ default_value: 'x' }), generic] },
      words: {},
      want: 10,
    },
    {
      name: 'by an address that is not there',
      recipe: {
        actions: [address({ descriptor_value: 'x', address_matcher: { ...local, invert_match: true } })],
      },
      key: 'remote_address_match',
      words: {},
      want: 5,
    },
    { name: 'as two', recipe: { hits_addend: { number: 2 } }, words: {}, want: 2 },
    { name: 'as none, which is refused', recipe: { hits_addend: { number: 0 } }, words: {}, want: 0 },
    {
      name: 'as it says',
      recipe: { hits_addend: { format: '%REQ(x-a)%' } },
      words: said('0x1.8p1'),
      want: 1,
    },
    {
      name: 'as it says, nonsense',
      recipe: { hits_addend: { format: '%REQ(x-a)%' } },
      words: said('NaN'),
      want: 0,
    },
    {
      name: 'not where it says no number',
      recipe: { hits_addend: { format: '%REQ(x-a)%' } },
      words: said('x'),
      want: 10,
    },
    {
      name: 'not where it says too much',
      recipe: { hits_addend: { format: '%REQ(x-a)%' } },
      words: said('2e9'),
      want: 10,
    },
    { name: 'not at its end', recipe: { apply_on_stream_done: true }, words: {}, want: 10 },
  ];
  for (const { name, recipe, key, words, want } of table) {
    it(name, async () => assert.equal(await admitted(filterOf(recipe, key), words), want));
  }

  it('and told by headers as its recipe says, before the filter', () => {
    const told = (recipe: JsonObject, filter: JsonObject) => {
      const stream = new TestStream();
      const headers = new HeaderList();
      const limited = filterOf(recipe, 'generic_key', 'x', filter);
      limited.decodeHeaders(stream);
      limited.encodeHeaders?.(stream, { status: 200, headers });
      return headers.get('x-ratelimit-remaining');
    };
    const on = { enable_x_ratelimit_headers: 'DRAFT_VERSION_03' };
    const [shown, never] = [{ x_ratelimit_option: 'DRAFT_VERSION_03' }, { x_ratelimit_option: 'OFF' }];
    assert.deepEqual(
      [told({}, {}), told({}, on), told(never, on), told(shown, {})],
      [undefined, '4', undefined, '4'],
    );
  });

  it('and `why` says what it is worth', () => {
    const recorder = new TreeRecorder();
    const filter = filterOf({ hits_addend: { number: 4 } });
    filter.decodeHeaders(new TestStream());
    filter.decodeHeaders(new TestStream({ recorder }));
    const bucket = recorder.root.steps.find(({ kind }) => kind === 'bucket');
    assert.deepEqual(
      [bucket?.verdict, bucket?.reason, bucket?.notes[1]],
      ['no', '1 left', 'this request is worth 4'],
    );
  });

  it('and a gRPC client told that its quota is used up, where it is to be told so', async () => {
    const filter = filterOf({ hits_addend: { number: 0 } }, 'generic_key', 'x', {
      rate_limited_as_resource_exhausted: true,
    });
    assert.equal((await play(filter)).reply?.grpcStatus, 8);
  });
});

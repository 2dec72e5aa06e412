import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '@bufbuild/protobuf';
import { goodFilter } from '../../../../test/fixtures/compile-filter.ts';
import { play, type StreamWords } from '../../../../test/fixtures/filter-stream.ts';
import { routeSaying } from '../../../../test/fixtures/route-words.ts';
import { TreeRecorder } from '../../../base/index.ts';
import { HeaderList } from '../../http/header-list.ts';
import { corsFactory } from './factory.ts';

const POLICY: JsonObject = {
  allow_origin_string_match: [{ exact: 'https://a.test' }],
  allow_methods: 'GET',
  allow_headers: 'authorization',
  expose_headers: 'x-one',
  max_age: '600',
  allow_credentials: true,
};
const ORIGIN: [string, string] = ['origin', 'https://a.test'];
const EVIL: [string, string] = ['origin', 'https://evil.test'];
const ASKS: [string, string] = ['access-control-request-method', 'PUT'];

/** What a request with these levels' policies is answered, and what a response to it gets. */
async function ask(levels: readonly JsonObject[], words: StreamWords) {
  const { filter, context, counters } = goodFilter(corsFactory, {});
  const route = levels.length === 0 ? null : routeSaying(corsFactory, levels, context);
  const { reply, stream } = await play(filter, { route, ...words });
  const headers = new HeaderList();
  filter.encodeHeaders?.(stream, { status: 200, headers });
  const added = Object.fromEntries(headers.names.map((name, index) => [name, headers.values[index]]));
  return { reply, added, counters: counters() };
}

const ADDED = {
  'access-control-allow-origin': 'https://a.test',
  'access-control-allow-credentials': 'true',
  'access-control-expose-headers': 'x-one',
};

describe('cors', () => {
  it('lets an allowed origin read the response', async () => {
    const { reply, added, counters } = await ask([POLICY], { headers: [ORIGIN] });
    assert.equal(reply, undefined);
    assert.deepEqual(added, ADDED);
    assert.deepEqual(counters, { 'cors.origin_valid': 1 });
  });

  it('adds nothing for another origin, and lets the request pass', async () => {
    const { reply, added, counters } = await ask([POLICY], { headers: [EVIL] });
    assert.equal(reply, undefined);
    assert.deepEqual(added, {});
    assert.deepEqual(counters, { 'cors.origin_invalid': 1 });
  });

  it('answers a preflight request by itself', async () => {
    const { reply, added } = await ask([POLICY], { method: 'OPTIONS', headers: [ORIGIN, ASKS] });
    assert.deepEqual(reply, {
      status: 200,
      body: '',
      headers: [
        ['access-control-allow-credentials', 'true'],
        ['access-control-allow-methods', 'GET'],
        ['access-control-allow-headers', 'authorization'],
        ['access-control-max-age', '600'],
      ],
      details: 'cors_response',
      asIs: true,
    });
    assert.deepEqual(added, ADDED);
  });

  it('hands the preflight request of another origin on, unless it is told not to', async () => {
    const words: StreamWords = { method: 'OPTIONS', headers: [EVIL, ASKS] };
    assert.equal((await ask([POLICY], words)).reply, undefined);
    const held = await ask([{ forward_not_matching_preflights: false }, POLICY], words);
    assert.equal(held.reply?.status, 200);
    assert.deepEqual(held.added, {});
  });

  it('allows the private network only where the policy does and the request asks', async () => {
    const asks: [string, string] = ['access-control-request-private-network', 'true'];
    const names = async (levels: JsonObject[], headers: [string, string][]) =>
      (await ask(levels, { method: 'OPTIONS', headers })).reply?.headers.map(([name]) => name);
    const name = 'access-control-allow-private-network';
    const allowing = { ...POLICY, allow_private_network_access: true };
    assert.ok((await names([allowing], [ORIGIN, ASKS, asks]))?.includes(name));
    assert.ok(!(await names([allowing], [ORIGIN, ASKS]))?.includes(name));
    assert.ok(!(await names([POLICY], [ORIGIN, ASKS, asks]))?.includes(name));
  });

  it('takes each field from the most specific level that has it', async () => {
    const { added } = await ask([{ allow_credentials: false, expose_headers: 'x-two' }, POLICY], {
      headers: [ORIGIN],
    });
    assert.deepEqual(added, {
      'access-control-allow-origin': 'https://a.test',
      'access-control-expose-headers': 'x-two',
    });
  });

  const untouched: { name: string; levels: JsonObject[]; words: StreamWords }[] = [
    { name: 'a request without an origin', levels: [POLICY], words: {} },
    { name: 'a request with an empty one', levels: [POLICY], words: { headers: [['origin', '']] } },
    { name: 'a request without a route', levels: [], words: { headers: [ORIGIN] } },
    {
      name: 'a request where the policy is off',
      levels: [{ ...POLICY, filter_enabled: { default_value: { numerator: 0 } } }],
      words: { headers: [ORIGIN] },
    },
  ];
  for (const { name, levels, words } of untouched) {
    it(`leaves alone ${name}`, async () => {
      const recorder = new TreeRecorder();
      assert.deepEqual(await ask(levels, { ...words, recorder }), {
        reply: undefined,
        added: {},
        counters: {},
      });
    });
  }

  it('only counts where the policy is in shadow', async () => {
    const share = (numerator: number) => ({ default_value: { numerator } });
    const shadow = { ...POLICY, filter_enabled: share(0), shadow_enabled: share(100) };
    const { reply, added, counters } = await ask([shadow], { method: 'OPTIONS', headers: [ORIGIN, ASKS] });
    assert.deepEqual([reply, added], [undefined, {}]);
    assert.deepEqual(counters, { 'cors.origin_valid': 1 });
  });

  it('has no policy on a route that answers by itself, as in Envoy', async () => {
    const { filter, context } = goodFilter(corsFactory, {});
    const route = routeSaying(corsFactory, [POLICY], context, { kind: 'direct', status: 200, body: '' });
    const { reply } = await play(filter, { method: 'OPTIONS', headers: [ORIGIN, ASKS], route });
    assert.equal(reply, undefined);
  });

  it('says which origins it wanted', async () => {
    const recorder = new TreeRecorder();
    await ask([POLICY], { headers: [EVIL], recorder });
    const [step] = recorder.root.steps;
    assert.deepEqual(
      [step?.kind, step?.text, step?.verdict],
      ['policy', 'origin exact "https://a.test"', 'no'],
    );
    assert.deepEqual(step?.notes, ['origin = "https://evil.test"']);
  });

  it('refuses an origin pattern that says nothing', () => {
    const { context, findings } = goodFilter(corsFactory, {});
    assert.throws(() => routeSaying(corsFactory, [{ allow_origin_string_match: [{}] }], context));
    assert.equal(findings.list.length, 1);
  });
});

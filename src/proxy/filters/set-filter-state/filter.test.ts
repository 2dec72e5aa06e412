import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '@bufbuild/protobuf';
import { compileFilter, goodFilter } from '../../../../test/fixtures/compile-filter.ts';
import { play } from '../../../../test/fixtures/filter-stream.ts';
import { routeSaying } from '../../../../test/fixtures/route-words.ts';
import { TreeRecorder } from '../../../base/index.ts';
import { setFilterStateFactory } from './factory.ts';

const entry = (object_key: string, inline_string: string, more: JsonObject = {}): JsonObject => ({
  object_key,
  factory_key: 'envoy.string',
  format_string: { text_format_source: { inline_string } },
  ...more,
});
const filterOf = (...on_request_headers: JsonObject[]) =>
  goodFilter(setFilterStateFactory, { on_request_headers });
const stateOf = async (...entries: JsonObject[]) => {
  const { stream } = await play(filterOf(...entries).filter, { headers: [['x-a', 'v']] });
  return Object.fromEntries(stream.filterStateIfAny ?? []);
};

describe('set_filter_state', () => {
  it('writes what its formats find, one text in the place of another', async () => {
    const again = entry('b', '%FILTER_STATE(a:PLAIN)%!', { read_only: true });
    assert.deepEqual(await stateOf(entry('a', '%REQ(x-a)%'), again, entry('b', '%FILTER_STATE(b)%')), {
      a: 'v',
      b: '"v!"',
    });
  });

  it('leaves out what is empty only where it shall', async () => {
    const empty = { text_format: '%REQ(x-b)%', omit_empty_values: true };
    const skipped = { format_string: empty, skip_if_empty: true };
    assert.deepEqual(await stateOf(entry('a', '', { format_string: empty }), entry('b', '', skipped)), {
      a: '',
    });
  });

  it('takes the key as the factory where no factory is named', async () => {
    assert.deepEqual(await stateOf(entry('envoy.string', 'x', { factory_key: '' })), { 'envoy.string': 'x' });
  });

  it('writes its own, then what every level of the route says, the most specific last', async () => {
    const { filter, context } = filterOf(entry('a', 'own'), entry('b', 'own'));
    const levels = [
      { on_request_headers: [entry('a', 'route')] },
      { on_request_headers: [entry('a', 'host')] },
    ];
    const route = routeSaying(setFilterStateFactory, levels, context);
    const { stream } = await play(filter, { route });
    assert.deepEqual(Object.fromEntries(stream.filterStateIfAny ?? []), { a: 'route', b: 'own' });
  });

  it('has the route chosen again where it shall', async () => {
    const { filter } = goodFilter(setFilterStateFactory, { clear_route_cache: true });
    assert.equal((await play(filter)).stream.routeChoices, 1);
    assert.equal((await play(filterOf().filter)).stream.routeChoices, 0);
  });

  it('tells of a text that it was written, not what it is', async () => {
    const recorder = new TreeRecorder();
    await play(filterOf(entry('a', 'secret')).filter, { recorder });
    assert.deepEqual(
      recorder.root.steps.map(({ kind, text, verdict, reason }) => [kind, text, verdict, reason]),
      [['filter state', 'a', 'ok', 'written']],
    );
  });
});

describe('of set_filter_state is refused', () => {
  const json = { format_string: { json_format: { a: 'b' } } };
  const table: { name: string; given: JsonObject; want: [string, string] }[] = [
    {
      name: 'a factory that nobody has',
      given: entry('a', 'x', { factory_key: 'no' }),
      want: ['E122', 'refuses'],
    },
    {
      name: 'a key that is no factory',
      given: entry('a', 'x', { factory_key: '' }),
      want: ['E122', 'refuses'],
    },
    {
      name: 'a factory that is not done',
      given: entry('a', 'x', { factory_key: 'envoy.network.ip' }),
      want: ['E301', 'accepts'],
    },
    { name: 'a format in JSON', given: entry('a', '', json), want: ['E301', 'accepts'] },
  ];
  for (const { name, given, want } of table) {
    it(name, () => {
      const { filter, findings } = compileFilter(setFilterStateFactory, { on_request_headers: [given] });
      assert.equal(filter, null);
      assert.deepEqual(
        findings.list.map(({ code, envoy }) => [code, envoy]),
        [want],
      );
    });
  }
});

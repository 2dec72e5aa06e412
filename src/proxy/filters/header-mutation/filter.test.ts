import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '@bufbuild/protobuf';
import { compileFilter, goodFilter } from '../../../../test/fixtures/compile-filter.ts';
import { play } from '../../../../test/fixtures/filter-stream.ts';
import { routeSaying } from '../../../../test/fixtures/route-words.ts';
import { TreeRecorder } from '../../../base/index.ts';
import { HeaderList } from '../../http/header-list.ts';
import { headerMutationFactory } from './factory.ts';

const append = (key: string, value: string, append_action = 'APPEND_IF_EXISTS_OR_ADD'): JsonObject => ({
  append: { header: { key, value }, append_action },
});
const mutations = (request_mutations: JsonObject[], response_mutations: JsonObject[] = []): JsonObject => ({
  mutations: { request_mutations, response_mutations },
});

describe('header_mutation', () => {
  it('changes the request step by step, each seeing what the one before did', async () => {
    const { filter } = goodFilter(
      headerMutationFactory,
      mutations([
        append('x-a', '2'),
        append('x-copy', '%REQ(x-a)%'),
        { remove: 'X-A' },
        append('x-a', 'again', 'OVERWRITE_IF_EXISTS'),
        append('x-b', 'new', 'ADD_IF_ABSENT'),
      ]),
    );
    const recorder = new TreeRecorder();
    const { stream } = await play(filter, { headers: [['x-a', '1']], recorder });
    const { names, values } = stream.request.headers;
    assert.deepEqual(
      [names, values],
      [
        ['x-copy', 'x-b'],
        ['1', 'new'],
      ],
    );
    assert.equal(
      recorder.root.steps[0]?.text,
      'append x-a, append x-copy, remove x-a, overwrite-if-exists x-a, add-if-absent x-b',
    );
  });

  for (const [wins, want] of [
    [false, 'table'],
    [true, 'route'],
  ] as const) {
    it(`applies the levels' changes after its own, the last word with the ${want}`, async () => {
      const own = mutations([append('x-a', 'own', 'OVERWRITE_IF_EXISTS_OR_ADD')]);
      const { filter, context } = goodFilter(headerMutationFactory, {
        ...own,
        most_specific_header_mutations_wins: wins,
      });
      const level = (name: string) =>
        mutations(
          [append('x-a', name, 'OVERWRITE_IF_EXISTS_OR_ADD')],
          [append('x-b', name, 'OVERWRITE_IF_EXISTS_OR_ADD')],
        );
      const route = routeSaying(headerMutationFactory, [level('route'), level('table')], context);
      const { stream } = await play(filter, { route });
      assert.equal(stream.request.headers.get('x-a'), want);
      const headers = new HeaderList();
      filter.encodeHeaders?.(stream, { status: 200, headers });
      assert.equal(headers.get('x-b'), want);
    });
  }

  const refused: { name: string; given: JsonObject; want: RegExp }[] = [
    {
      name: 'a change of the path',
      given: append(':path', '/'),
      want: /:-prefixed or host headers may not be modified/,
    },
    { name: 'taking the host off', given: { remove: 'host' }, want: /`remove` is not supported for `host`/ },
    { name: 'a lone percent sign', given: append('x-a', '%'), want: /lone `%`/ },
  ];
  for (const { name, given, want } of refused) {
    it(`refuses ${name}`, () => {
      const { filter, findings } = compileFilter(headerMutationFactory, mutations([given]));
      assert.equal(filter, null);
      assert.match(findings.list[0]?.message ?? '', want);
    });
  }
});

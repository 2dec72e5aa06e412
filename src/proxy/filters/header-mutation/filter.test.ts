import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
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

  const queries = (...query_parameter_mutations: JsonObject[]): JsonObject => ({
    mutations: { query_parameter_mutations },
  });
  const set = (key: string, value: JsonValue, action = 'APPEND_IF_EXISTS_OR_ADD'): JsonObject => ({
    append: { record: { key, value }, action },
  });

  /** Each was asked of Envoy 1.40: oracle/neighbours. */
  const changes: { name: string; given: JsonObject; path: string; want: string }[] = [
    { name: 'adds a parameter', given: queries(set('a', '1')), path: '/p', want: '/p?a=1' },
    {
      name: 'adds it to those of its name, and sorts',
      given: queries(set('a', 'x')),
      path: '/?b=2&a=1&%61',
      want: '/?a=1&a=&a=x&b=2',
    },
    {
      name: 'keeps what is there where it is to',
      given: queries(set('a', 'x', 'ADD_IF_ABSENT'), set('b', 'y', 'OVERWRITE_IF_EXISTS')),
      path: '/?a=1',
      want: '/?a=1',
    },
    {
      name: 'overwrites all of a name',
      given: queries(set('a', 'x', 'OVERWRITE_IF_EXISTS'), set('b', 'y', 'OVERWRITE_IF_EXISTS_OR_ADD')),
      path: '/?a=1&a=2',
      want: '/?a=x&b=y',
    },
    { name: 'removes', given: queries({ remove: 'a' }), path: '/?%61=1&a=2', want: '/' },
    {
      name: 'encodes what it writes',
      given: queries(set('a', '%REQ(x-a)%&~*-._')),
      path: '/',
      want: '/?a=v%2F1%26%7E*-._',
    },
    {
      name: 'leaves an escape that means something as the client spelled it',
      given: queries(set('b', '1')),
      path: '/?a=%26%20%41%09',
      want: '/?a=%26%20A%09&b=1',
    },
  ];
  for (const { name, given, path, want } of changes) {
    it(`${name}: ${path} becomes ${want}`, async () => {
      const { filter } = goodFilter(headerMutationFactory, given);
      const recorder = new TreeRecorder();
      const { stream } = await play(filter, { path, headers: [['x-a', 'v/1']], recorder });
      assert.equal(stream.request.path, want);
      assert.match(recorder.root.steps[0]?.text ?? '', / in the query$/);
    });
  }

  it('sends no query that Envoy could not send', async () => {
    const { filter } = goodFilter(headerMutationFactory, queries(set('a', 'x')));
    const sendable = ['/?b=%41', '/?b=%01', '/?%0a=1'].map(
      async (path) => (await play(filter, { path })).stream.request.unsendablePath !== true,
    );
    assert.deepEqual(await Promise.all(sendable), [true, false, false]);
  });

  it('removes all headers whose names match, before what comes after', async () => {
    const { filter } = goodFilter(
      headerMutationFactory,
      mutations([{ remove_on_match: { key_matcher: { prefix: 'x-' } } }, append('x-b', 'new')]),
    );
    const headers: [string, string][] = [
      ['x-a', '1'],
      ['y', '2'],
      ['X-A', '3'],
      ['x-b', '4'],
    ];
    const { stream } = await play(filter, { headers });
    assert.deepEqual(stream.request.headers.names, ['y', 'x-b']);
  });

  const refusedQueries: { name: string; given: JsonObject; want: string }[] = [
    { name: 'nothing', given: {}, want: "one of 'append'/'remove' must be specified" },
    {
      name: 'both',
      given: { ...set('a', 'b'), remove: 'c' },
      want: "only one of 'append'/'remove' can be specified",
    },
    { name: 'no record', given: { append: {} }, want: 'no record specified for append mutation' },
    { name: 'a number', given: set('a', 1), want: 'only string value is allowed for record value' },
    {
      name: 'a name that is none',
      given: set('a b', 'c'),
      want: '`key` is not supported for the query parameter `a b`',
    },
    {
      name: 'a format that is none',
      given: set('a', '%'),
      want: 'a lone `%` in the value of query parameter `a`',
    },
  ];
  for (const { name, given, want } of refusedQueries) {
    it(`refuses ${name} for a query`, () => {
      const { filter, findings } = compileFilter(headerMutationFactory, queries(given));
      assert.deepEqual([filter, findings.list[0]?.message], [null, want]);
    });
  }

  for (const [message, exact] of [
    ['request_mutations', ':path'],
    ['request_mutations', ':authority'],
    ['response_mutations', ':status'],
  ] as const) {
    it(`refuses to take ${exact} off`, () => {
      const given = { mutations: { [message]: [{ remove_on_match: { key_matcher: { exact } } }] } };
      const { filter, findings } = compileFilter(headerMutationFactory, given);
      const want = `\`key_matcher\` is not supported where it takes \`${exact}\``;
      assert.deepEqual([filter, findings.list[0]?.message], [null, want]);
    });
  }

  it('warns where it takes off what tells the length of a message', () => {
    const { filter, findings } = compileFilter(
      headerMutationFactory,
      mutations([{ remove: 'Content-Length' }]),
    );
    assert.ok(filter);
    assert.deepEqual(
      findings.list.map(({ code, message }) => [code, message.split('`')[1]]),
      [['W301', 'content-length']],
    );
  });

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

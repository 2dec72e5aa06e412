import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromJson, type JsonValue } from '@bufbuild/protobuf';
import { HeaderValueOptionSchema } from '#schema/envoy/config/core/v3/base_pb.js';
import { TestStream } from '../../../test/fixtures/filter-stream.ts';
import { Findings, Provenance } from '../../resources/index.ts';
import { compileTextFormat } from '../format/text-format.ts';
import { applyHeaderMutations, compileHeaderMutations } from './header-mutation.ts';

function changed(before: [string, string][], add: JsonValue[], remove: string[] = []): [string, string][] {
  const stream = new TestStream({ headers: before });
  const options = add.map((option) => fromJson(HeaderValueOptionSchema, option));
  const level = compileHeaderMutations(options, { names: remove, about: {}, field: '' }, new Findings());
  const { headers } = stream.request;
  applyHeaderMutations(headers, level === null ? [] : [level], stream);
  return headers.names.map((name, index) => [name, headers.values[index] as string]);
}

const option = (key: string, value: string, more: object = {}) => ({ header: { key, value }, ...more });
const action = (name: string) => ({ append_action: name });

describe('header changes', () => {
  const table: {
    name: string;
    before: [string, string][];
    add: JsonValue[];
    remove?: string[];
    want: [string, string][];
  }[] = [
    {
      name: 'append by default',
      before: [['x', '1']],
      add: [option('X', '2')],
      want: [
        ['x', '1'],
        ['x', '2'],
      ],
    },
    {
      name: 'add if absent: it is there',
      before: [['x', '1']],
      add: [option('x', '2', action('ADD_IF_ABSENT'))],
      want: [['x', '1']],
    },
    {
      name: 'add if absent: it is not',
      before: [],
      add: [option('x', '2', action('ADD_IF_ABSENT'))],
      want: [['x', '2']],
    },
    {
      name: 'overwrite all lines: the new one is the last, as Envoy has it',
      before: [
        ['x', '1'],
        ['y', '1'],
        ['x', '2'],
      ],
      add: [option('x', '3', action('OVERWRITE_IF_EXISTS_OR_ADD'))],
      want: [
        ['y', '1'],
        ['x', '3'],
      ],
    },
    {
      name: 'overwrite if exists: it does not',
      before: [],
      add: [option('x', '1', action('OVERWRITE_IF_EXISTS'))],
      want: [],
    },
    {
      name: 'the old append: false overwrites',
      before: [['x', '1']],
      add: [option('x', '2', { append: false })],
      want: [['x', '2']],
    },
    {
      name: 'the old append: true appends',
      before: [['x', '1']],
      add: [option('x', '2', { append: true })],
      want: [
        ['x', '1'],
        ['x', '2'],
      ],
    },
    {
      name: 'removal comes first',
      before: [['x', '1']],
      add: [option('x', '2')],
      remove: ['X'],
      want: [['x', '2']],
    },
    { name: 'an empty value adds nothing', before: [], add: [option('x', '')], want: [] },
    {
      name: 'unless it is to be kept',
      before: [],
      add: [option('x', '', { keep_empty_value: true })],
      want: [['x', '']],
    },
    {
      name: 'values are those before the change',
      before: [['a', '1']],
      add: [option('a', '2', action('OVERWRITE_IF_EXISTS_OR_ADD')), option('b', '%REQ(a)%')],
      want: [
        ['a', '2'],
        ['b', '1'],
      ],
    },
  ];
  for (const { name, before, add, remove, want } of table) {
    it(name, () => assert.deepEqual(changed(before, add, remove), want));
  }
});

describe('a change of what tells where a message ends', () => {
  it('is warned of, each by its name, where it is written', () => {
    const provenance = new Provenance();
    const findings = new Findings(provenance);
    const add = fromJson(HeaderValueOptionSchema, option('Transfer-Encoding', 'gzip'));
    const level = {};
    const at = (line: number) => ({ file: 'f', line, column: 1, length: 1 });
    provenance.set(level, at(1), 'level');
    provenance.setField(level, 'names[1]', at(2));
    provenance.set(add.header as object, at(3), 'level.add[0].header');
    provenance.setField(add.header as object, 'key', at(4));
    compileHeaderMutations([add], { names: ['x', 'Content-Length'], about: level, field: 'names' }, findings);
    const said = findings.list.map(({ code, severity, message, path, at: place }) => [
      code,
      severity,
      message.split('`')[1],
      path,
      place?.line,
    ]);
    assert.deepEqual(said, [
      ['W301', 'warning', 'content-length', 'level.names[1]', 2],
      ['W301', 'warning', 'transfer-encoding', 'level.add[0].header.key', 4],
    ]);
  });
});

describe('formats in header values', () => {
  const stream = new TestStream({ path: '/p?q', headers: [['a', 'abc']], connection: { serverName: 'sni' } });
  stream.metadata.set('ns', 'text', 'é');
  stream.metadata.set('ns', 'tree', { b: [1, 'x'], a: null });
  const source = {
    ...stream,
    request: stream.request,
    connection: stream.connection,
    metadataIfAny: stream.metadataIfAny,
    route: { name: 'r' },
  };
  const table = [
    { given: 'plain', want: 'plain' },
    { given: '100%%', want: '100%' },
    { given: '%REQ(A)%', want: 'abc' },
    { given: '%REQ(A):2%', want: 'ab' },
    { given: '%REQ(none?A)%', want: 'abc' },
    { given: '%REQ(none)%', want: '' },
    {
      given: '%REQ(:path)% %REQ(:METHOD)% %REQ(:authority)% %REQ(:scheme)%',
      want: '/p?q GET host.test http',
    },
    { given: '%DYNAMIC_METADATA(ns:text)%', want: '\xc3\xa9' },
    { given: '%DYNAMIC_METADATA(ns:tree)%', want: '{"a":null,"b":[1,"x"]}' },
    { given: '%DYNAMIC_METADATA(ns:tree:b)%', want: '[1,"x"]' },
    { given: '%DYNAMIC_METADATA(ns:tree:a)%', want: '' },
    { given: '%DYNAMIC_METADATA(ns:text:x)%', want: '' },
    { given: '%DYNAMIC_METADATA(none:x)%', want: '' },
    { given: '%DOWNSTREAM_REMOTE_ADDRESS%', want: '127.0.0.1:1' },
    { given: '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%', want: '127.0.0.1' },
    { given: '%REQUESTED_SERVER_NAME%', want: 'sni' },
    { given: '%ROUTE_NAME%', want: 'r' },
  ];
  for (const { given, want } of table) {
    it(given, () => {
      const compiled = compileTextFormat(given, '');
      assert.ok('format' in compiled);
      assert.equal(compiled.format.render(source), want);
    });
  }
  for (const given of ['%', '%NOPE%', '%START_TIME(%Q)%', '%REQ()%', 'a%b']) {
    it(`${given} is not done`, () => assert.ok('refusal' in compileTextFormat(given, '')));
  }
});

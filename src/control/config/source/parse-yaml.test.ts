import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Findings } from '../../../resources/index.ts';
import { parseYamlDocuments } from './parse-yaml.ts';
import { entryOf, type SourceNode } from './source-node.ts';

function parse(text: string) {
  const findings = new Findings();
  return { documents: parseYamlDocuments({ name: 'f.yaml', text }, findings), list: findings.list };
}

const value = (node: SourceNode | undefined, key: string) =>
  node === undefined ? undefined : entryOf(node, key)?.value;
const text = (node: SourceNode | undefined) => (node?.kind === 'scalar' ? node.text : undefined);

describe('YAML is read as it was written', () => {
  it('nothing is interpreted, and quotes are remembered', () => {
    const [node] = parse('a: yes\nb: "yes"\nc: |\n  yes\nd: ! yes\ne:').documents;
    const plain = (key: string) => {
      const scalar = value(node, key);
      return scalar?.kind === 'scalar' ? [scalar.text, scalar.plain] : undefined;
    };
    assert.deepEqual(['a', 'b', 'c', 'd', 'e'].map(plain), [
      ['yes', true],
      ['yes', false],
      ['yes\n', false],
      ['yes', false],
      ['', true],
    ]);
  });
  it('places are line, column and length, for block scalars the first line', () => {
    const [node] = parse('a:\n  - bc\n  - |\n    long\n    text\n').documents;
    const list = value(node, 'a');
    assert.ok(list?.kind === 'list');
    assert.deepEqual(
      list.items.map(({ at }) => `${at.line}:${at.column}+${at.length}`),
      ['2:5+2', '3:5+1'],
    );
  });
  it('an alias stands for its anchor, wherever that is kept', () => {
    const [node] = parse('!ignore x: &x {v: 1}\na: *x').documents;
    assert.equal(text(value(value(node, 'a'), 'v')), '1');
    assert.equal(value(node, 'x'), undefined);
  });
  it('merge keys are keys', () => {
    const [node] = parse('a: &a {v: 1}\nb: {<<: *a}').documents;
    assert.ok(value(value(node, 'b'), '<<'));
  });
  it('a later duplicate holds, and knows the place of the earlier', () => {
    const [node] = parse('a: {x: 1}\nb: 3\na: 2').documents;
    assert.ok(node?.kind === 'map');
    assert.deepEqual(
      node.entries.map(({ key, earlier }) => [key, earlier?.line]),
      [
        ['b', undefined],
        ['a', 1],
      ],
    );
    assert.equal(text(value(node, 'a')), '2');
  });
  it('documents are told apart, empty ones left out', () => {
    assert.equal(parse('a: 1\n---\n# nothing\n---\nb: 2').documents.length, 2);
  });
  it('tabs behind quotes, brackets, comments and deeper than the block are no indentation', () => {
    for (const text of [
      'a: "1"\n\t\nb: 2',
      'a: {b: 1\n\t}',
      'a: 1 # c\n\t\nb: 2',
      'a:\n  b: 1\n   \t\n  c: 2',
    ])
      assert.deepEqual(parse(text).list, [], text);
  });
  it('a text that is too long is refused unread, with what to do', () => {
    const { documents, list } = parse(`a: [${' '.repeat(10 * 1024 * 1024)}`);
    assert.deepEqual([documents, list.length, list[0]?.envoy], [[], 1, 'accepts']);
    assert.match(list[0]?.message ?? '', /longer than 10 MiB: split it into several files/);
  });
  it('carriage returns end lines where nothing else does', () => {
    const [node] = parse('# a\ra: 1\rb: 2\r').documents;
    assert.equal(text(value(node, 'b')), '2');
    assert.equal(value(node, 'b')?.at.line, 3);
  });
  it('an escaped character beyond the first plane, and a backslash before a u, are themselves', () => {
    assert.equal(text(value(parse('a: "\\U0001F600\\\\uD83D"').documents[0], 'a')), '😀\\uD83D');
  });
  it('byte order, CRLF and tabs inside values are no error', () => {
    assert.equal(text(value(parse('a: "x\ty"\r\nb: 2\r\n').documents[0], 'b')), '2');
  });
});

describe('what cannot be read is said once, with its place', () => {
  const broken: { given: string; place: string; words: RegExp; code?: string }[] = [
    { given: 'a: 1\nb: {c: 2}\r# d\n', place: '2:10', words: /a carriage return alone/ },
    { given: 'a: "\\uD800"', place: '1:4', words: /half of a surrogate pair/ },
    { given: 'a: "x\\uD83D\\uDE00"', place: '1:4', words: /no pairs of `\\u` escapes/ },
    { given: 'a: b\uD800', place: '1:4', words: /half of a surrogate pair/ },
    { given: 'a: 1\n\t\nb: 2', place: '2:1', words: /a tab where blanks indent/ },
    { given: 'a:\n  b: 1\n \t# c\nd: 2', place: '3:2', words: /a tab where blanks indent/ },
    { given: '%YAML 2.0\n---\na: 1', place: '1:1', words: /too new/ },
    { given: 'a: [1', place: '1:6', words: /flow/ },
    { given: 'a: 1\n\tb: 2', place: '2:1', words: /tabs/ },
    { given: 'a: *b', place: '1:4', words: /alias/ },
    { given: 'a: &a [*a]', place: '1:8', words: /no complete anchor `a`/ },
    { given: '[a]: 1', place: '1:1', words: /a key must be a scalar/ },
    {
      given: `a: &a [${'x,'.repeat(99)}x]\nb: &b [${'*a,'.repeat(99)}*a]\nc: &c [${'*b,'.repeat(99)}*b]\nd: [*c, *c]`,
      place: '3:77',
      words: /aliases stand for more than 250000 values/,
      code: 'E110',
    },
    { given: '['.repeat(20_000), place: '1:1', words: /nested too deeply/ },
  ];
  for (const { given, place, words, code = 'E101' } of broken) {
    it(given.slice(0, 20), () => {
      const [finding, ...more] = parse(given).list;
      assert.equal(more.length, 0);
      assert.equal(finding?.code, code);
      assert.match(finding?.message ?? '', words);
      if (given.length < 2000) assert.equal(`${finding?.at?.line}:${finding?.at?.column}`, place);
    });
  }
});

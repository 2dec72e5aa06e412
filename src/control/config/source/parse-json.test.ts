import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Findings } from '../../../resources/index.ts';
import { parseJson } from './parse-json.ts';
import { entryOf, scalarAt } from './source-node.ts';

function parse(text: string) {
  const findings = new Findings();
  return { node: parseJson({ name: 'f.json', text }, findings), list: findings.list };
}

describe('JSON is read with its places', () => {
  it('keys and values know where they stand', () => {
    const { node } = parse('{\n  "a": {"b": [1, "two"]}\n}');
    assert.ok(node);
    const a = entryOf(node, 'a');
    assert.deepEqual([a?.keyAt.line, a?.keyAt.column, a?.keyAt.length], [2, 3, 3]);
    const b = entryOf(a?.value ?? node, 'b')?.value;
    assert.ok(b?.kind === 'list');
    assert.deepEqual(
      b.items.map(({ at }) => [at.line, at.column, at.length]),
      [
        [2, 15, 1],
        [2, 18, 5],
      ],
    );
  });
  it('carriage returns end lines too', () => {
    const { node } = parse('{\r "a": 1,\r\n "b": 2}');
    assert.deepEqual(
      [entryOf(node ?? fail(), 'a')?.keyAt.line, entryOf(node ?? fail(), 'b')?.keyAt.line],
      [2, 3],
    );
  });
  it('bytes that are no text, half of a pair and a byte order mark are errors with a place', () => {
    const said = (text: string) =>
      parse(text).list.map(({ at, message }) => `${at?.line}:${at?.column} ${message}`);
    assert.deepEqual(said('{"a":\n"b\uD800"}'), ['2:3 JSON is UTF-8, and here are bytes that are not']);
    assert.deepEqual(said('{"a":\n"b\\ud800"}'), ['2:1 half of a surrogate pair is no character']);
    assert.deepEqual(said('\uFEFF{}'), ['1:1 JSON is UTF-8 without a byte order mark: save it so']);
    assert.deepEqual(said('{"a": "\\ud83d\\ude00"}'), []);
  });
  it('escapes are resolved', () => {
    assert.equal(scalarAt(parse('{"a": "\\u00e9\\n\\"\\/"}').node ?? fail(), 'a'), 'é\n"/');
  });
  it('a string of megabytes is read', () => {
    for (const content of ['x'.repeat(12_000_000), '\\n'.repeat(6_000_000)]) {
      const { node, list } = parse(`{"a": "${content}"}`);
      assert.deepEqual(list, []);
      assert.equal(scalarAt(node ?? fail(), 'a'), JSON.parse(`"${content}"`));
    }
  });
  it('trailing commas are taken', () => assert.deepEqual(parse('{"a": [1,],}').list, []));
  const broken: { given: string; want: string; place: string }[] = [
    { given: '{"a": }', want: 'unexpected `}` in JSON', place: '1:7' },
    { given: '{"a": 1', want: 'the JSON text ends too early', place: '1:8' },
    { given: '{"a": 1} x', want: 'unexpected `x` in JSON', place: '1:10' },
    { given: '{"a": // no\n1}', want: 'unexpected `/` in JSON', place: '1:7' },
    { given: '{\n"a" 1}', want: 'unexpected `1` in JSON', place: '2:5' },
    { given: '{"a": "\\x"}', want: 'not a JSON string', place: '1:7' },
    { given: '{"a": "b\n"}', want: 'unexpected `"` in JSON', place: '1:7' },
    { given: '{"a": "b', want: 'unexpected `"` in JSON', place: '1:7' },
    { given: '{"a": yes}', want: 'unexpected `y` in JSON', place: '1:7' },
    { given: '[[['.repeat(400), want: 'the text is nested too deeply', place: '1:502' },
  ];
  for (const { given, want, place } of broken) {
    it(`${given.slice(0, 20)}: ${want}`, () => {
      const { node, list } = parse(given);
      assert.equal(node, null);
      const [finding] = list;
      assert.deepEqual([finding?.code, finding?.message], ['E101', want]);
      assert.equal(`${finding?.at?.line}:${finding?.at?.column}`, place);
    });
  }
});

function fail(): never {
  throw new Error('nothing was parsed');
}

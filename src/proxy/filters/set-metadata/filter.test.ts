import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '@bufbuild/protobuf';
import { goodFilter } from '../../../../test/fixtures/compile-filter.ts';
import { play } from '../../../../test/fixtures/filter-stream.ts';
import { routeSaying } from '../../../../test/fixtures/route-words.ts';
import { TreeRecorder } from '../../../base/index.ts';
import { setMetadataFactory } from './factory.ts';
import { mergeMetadata } from './merge-metadata.ts';

const entry = (value: JsonObject, allow_overwrite = false): JsonObject => ({
  metadata_namespace: 'ns',
  value,
  allow_overwrite,
});
const filterOf = (...metadata: JsonObject[]) => goodFilter(setMetadataFactory, { metadata });

describe('set_metadata', () => {
  it('writes what the configuration says', async () => {
    const { stream } = await play(filterOf(entry({ a: 1, b: [true, null] })).filter);
    assert.deepEqual(stream.metadataOf('ns'), { a: 1, b: [true, null] });
  });

  it('leaves a namespace that is there alone, and counts that', async () => {
    const { filter, counters } = filterOf(entry({ a: 1 }), entry({ b: 2 }));
    const recorder = new TreeRecorder();
    const { stream } = await play(filter, { recorder });
    assert.deepEqual(stream.metadataOf('ns'), { a: 1 });
    assert.deepEqual(counters(), { 'set_metadata.overwrite_denied': 1 });
    assert.deepEqual(
      recorder.root.steps.map(({ verdict }) => verdict),
      ['ok', 'no'],
    );
  });

  it('merges where it may overwrite', async () => {
    const { stream } = await play(filterOf(entry({ a: 1, c: 3 }), entry({ a: 2, b: 2 }, true)).filter);
    assert.deepEqual(stream.metadataOf('ns'), { a: 2, b: 2, c: 3 });
  });

  it('an empty value makes the namespace be there', async () => {
    const { stream } = await play(filterOf(entry({}), entry({ a: 1 })).filter);
    assert.deepEqual(stream.metadataOf('ns'), {});
  });

  it('writes messages beside the rest, one in the place of another where it may', async () => {
    const packed = (value: string, allow_overwrite = false): JsonObject => ({
      metadata_namespace: 'ns',
      typed_value: { '@type': 'type.googleapis.com/google.protobuf.Duration', value },
      allow_overwrite,
    });
    const { filter, counters } = filterOf(entry({ a: 1 }), packed('1s'), packed('2s'), packed('3s', true));
    const { stream } = await play(filter);
    const content = stream.metadata.typed?.get('ns')?.content;
    assert.equal(content?.case === 'durationValue' && content.value.seconds, 3n);
    assert.deepEqual(stream.metadataOf('ns'), { a: 1 });
    assert.deepEqual(counters(), { 'set_metadata.overwrite_denied': 1 });
  });

  it('takes the plain one of two values', async () => {
    const typed_value = { '@type': 'type.googleapis.com/google.protobuf.Duration', value: '1s' };
    const { stream } = await play(filterOf({ ...entry({ a: 1 }), typed_value }).filter);
    assert.equal(stream.metadata.typed, undefined);
  });

  it('takes the deprecated pair first', async () => {
    const { filter } = goodFilter(setMetadataFactory, {
      metadata_namespace: 'ns',
      value: { a: 'old' },
      metadata: [entry({ a: 'new' })],
    });
    assert.deepEqual((await play(filter)).stream.metadataOf('ns'), { a: 'old' });
  });

  it('writes its own, then what the most specific level of the route says', async () => {
    const { filter, context } = filterOf(entry({ a: 'own', b: 1 }));
    const levels = [{ metadata: [entry({ a: 'route' }, true)] }, { metadata: [entry({ a: 'host' }, true)] }];
    const route = routeSaying(setMetadataFactory, levels, context);
    assert.deepEqual((await play(filter, { route })).stream.metadataOf('ns'), { a: 'route', b: 1 });
  });
});

describe('a value written over another', () => {
  const table = [
    { name: 'takes its place', before: 1, added: 'x', want: 'x' },
    { name: 'stands where nothing was', before: undefined, added: 'x', want: 'x' },
    { name: 'is put behind a list', before: [1], added: [2], want: [1, 2] },
    { name: 'takes the place of a list', before: [1], added: 'x', want: 'x' },
    {
      name: 'is merged into an object',
      before: { a: 1, deep: { b: [1] } },
      added: { c: 2, deep: { b: [2], d: 3 } },
      want: { a: 1, c: 2, deep: { b: [1, 2], d: 3 } },
    },
    {
      name: 'is merged under the names that every object has',
      before: { a: 1 },
      added: JSON.parse('{"__proto__":{"b":2},"constructor":3}'),
      want: JSON.parse('{"a":1,"__proto__":{"b":2},"constructor":3}'),
    },
    { name: 'takes the place of an object', before: { a: 1 }, added: null, want: null },
  ];
  for (const { name, before, added, want } of table) {
    it(name, () => assert.deepEqual(mergeMetadata(before, added), want));
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MetadataValue } from '../filter.ts';
import { decodeValue } from './decode-value.ts';

const text = (value: string) => [0x1a, value.length, ...Buffer.from(value, 'latin1')];
const list = (...elements: number[][]) => {
  const inner = elements.flatMap((element) => [0x0a, element.length, ...element]);
  return [0x32, inner.length, ...inner];
};
const member = (...entry: number[]) => [0x2a, entry.length + 2, 0x0a, entry.length, ...entry];
const number = (value: number) => [0x11, ...new Uint8Array(new Float64Array([value]).buffer)];

function nested(lists: number): number[] {
  let value = [0x08, 0];
  for (let i = 0; i < lists; i++) {
    const inner = [0x0a, ...lengthOf(value), ...value];
    value = [0x32, ...lengthOf(inner), ...inner];
  }
  return value;
}

const lengthOf = ({ length }: number[]) => (length < 128 ? [length] : [(length & 127) | 128, length >> 7]);

/** What Envoy 1.40 made of the same header. */
const table: { name: string; given: number[]; want: MetadataValue | undefined }[] = [
  { name: 'nothing at all is null', given: [], want: null },
  { name: 'a number that JSON does not know', given: number(Number.POSITIVE_INFINITY), want: Infinity },
  { name: 'a flag of another wire type is no flag', given: [0x22, 1, 1], want: null },
  { name: 'a flag of another wire type that is cut off', given: [0x21, 0x21], want: undefined },
  { name: 'a number of another wire type is none', given: [0x10, 5], want: null },
  { name: 'the kind that is said last', given: [...number(3), 0x20, 1], want: true },
  { name: 'fields that nobody knows', given: [0x38, 1, 0x20, 1], want: true },
  { name: 'text that is not UTF-8', given: text('a\xff'), want: undefined },
  { name: 'a list that is said twice', given: [...list(text('a')), ...list(text('b'))], want: ['a', 'b'] },
  { name: 'an element without a kind', given: list([]), want: [null] },
  { name: 'an element of another wire type', given: [0x32, 2, 0x08, 1], want: [] },
  { name: 'a member without a value', given: member(0x0a, 1, 0x71), want: { q: null } },
  { name: 'a name of another wire type', given: member(0x08, 1, 0x12, 2, 0x20, 1), want: { '': true } },
  { name: 'a member that ends beyond its object', given: [0x2a, 2, 0x0a, 4, 0x0a, 2, 1, 1], want: undefined },
  { name: 'a text that ends beyond the bytes', given: [0x1a, 5, 97], want: undefined },
  { name: 'the end of a group that did not begin', given: [0x20, 1, 0x4c], want: undefined },
];

describe('a serialised value is read as Envoy reads it', () => {
  for (const { name, given, want } of table) it(name, () => assert.deepEqual(decoded(given), want));

  it('a hundred messages deep, and no deeper', () => {
    assert.notEqual(decoded(nested(50)), undefined);
    assert.equal(decoded(nested(51)), undefined);
  });
});

function decoded(bytes: number[]): MetadataValue | undefined {
  try {
    return decodeValue(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}

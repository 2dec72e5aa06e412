import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MessageReader } from './message-reader.ts';

function frame(text: string, flag = 0): Buffer {
  const bytes = Buffer.from(`12345${text}`);
  bytes[0] = flag;
  bytes.writeUInt32BE(text.length, 1);
  return bytes;
}

const readAll = (pieces: readonly Buffer[], bytesMax = 100) => {
  const reader = new MessageReader(bytesMax);
  const problem = pieces.map((piece) => reader.read(piece)).find((one) => one !== null) ?? null;
  return problem ?? reader.message?.toString() ?? null;
};

describe('messages in a gRPC stream', () => {
  const table: { name: string; given: Buffer[]; want: string | null }[] = [
    { name: 'one', given: [frame('abc')], want: 'abc' },
    { name: 'an empty one', given: [frame('')], want: '' },
    { name: 'byte by byte', given: [...frame('abc')].map((byte) => Buffer.from([byte])), want: 'abc' },
    { name: 'of two the last', given: [Buffer.concat([frame('abc'), frame('de')])], want: 'de' },
    { name: 'none that is cut', given: [frame('abc').subarray(0, 7)], want: null },
    { name: 'none in nothing', given: [], want: null },
    {
      name: 'what is left behind counts for nothing',
      given: [frame('abc'), Buffer.from([0, 0])],
      want: 'abc',
    },
    { name: 'none that is compressed', given: [frame('abc', 1)], want: 'compressed' },
    {
      name: 'none with another flag, though one came before',
      given: [frame('a'), frame('b', 2)],
      want: 'compressed',
    },
    { name: 'none longer than what is taken', given: [frame('x'.repeat(101))], want: 'too_large' },
    {
      name: 'none that only says it is longer',
      given: [Buffer.from([0, 255, 255, 255, 255])],
      want: 'too_large',
    },
    { name: 'one just so long', given: [frame('x'.repeat(100))], want: 'x'.repeat(100) },
  ];
  for (const { name, given, want } of table) it(name, () => assert.equal(readAll(given), want));

  it('a long one in many pieces costs its bytes once', () => {
    const reader = new MessageReader(4_000_000);
    const whole = frame('x'.repeat(4_000_000));
    for (let at = 0; at < whole.length; at += 1000)
      assert.equal(reader.read(whole.subarray(at, at + 1000)), null);
    assert.equal(reader.message?.length, 4_000_000);
  });
});

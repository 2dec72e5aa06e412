import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BodyWant, GatheredBody } from '../filters/filter.ts';
import { RequestBuffer } from './request-buffer.ts';

/** A body whose source writes down what it is asked. */
function bufferOf(bytesMax = 0) {
  const asked: string[] = [];
  let whole = false;
  const buffer = new RequestBuffer(bytesMax, {
    isWhole: () => whole,
    letCome: () => asked.push('letCome'),
    holdBack: () => asked.push('holdBack'),
    refuse: () => {
      asked.push('refuse');
      buffer.drop();
    },
  });
  /** One read; the last one ends the body. */
  const read = (text: string, isLast: boolean) => {
    const bytes = Buffer.from(`<${text}>`);
    buffer.add(bytes, 1, bytes.length - 1);
    buffer.settle(isLast);
    whole ||= isLast;
  };
  return { asked, buffer, read };
}

const shown = (body: GatheredBody | null) => body && [body.bytes.toString(), body.size];

describe('a body that a filter looks at', () => {
  const whole: BodyWant = { bytesMax: 5, partial: false };
  const first: BodyWant = { bytesMax: 5, partial: true };
  const table: {
    name: string;
    want: BodyWant;
    bytesMax?: number;
    reads: string[];
    ends?: boolean;
    gathered: unknown;
    asked: string[];
  }[] = [
    {
      name: 'whole',
      want: whole,
      reads: ['ab', 'cde'],
      ends: true,
      gathered: ['abcde', 5],
      asked: ['letCome'],
    },
    { name: 'empty', want: whole, reads: [''], ends: true, gathered: ['', 0], asked: ['letCome'] },
    {
      name: 'one byte too large is refused',
      want: whole,
      reads: ['abc', 'def'],
      gathered: null,
      asked: ['letCome', 'refuse'],
    },
    {
      name: 'too large with its last byte is refused',
      want: whole,
      reads: ['abcdef'],
      ends: true,
      gathered: null,
      asked: ['letCome', 'refuse'],
    },
    {
      name: 'in part: as soon as there is enough the rest waits, and how much has come is told',
      want: first,
      reads: ['ab', 'cdef'],
      gathered: ['abcde', 6],
      asked: ['letCome', 'holdBack'],
    },
    {
      name: 'in part: a smaller one is whole',
      want: first,
      reads: ['ab', 'cd'],
      ends: true,
      gathered: ['abcd', 4],
      asked: ['letCome'],
    },
    {
      name: 'in part, where the connection may hold less than is wanted',
      want: first,
      bytesMax: 3,
      reads: ['ab', 'cd'],
      gathered: null,
      asked: ['letCome', 'refuse'],
    },
    {
      name: 'whole, where the connection may hold less: its own limit counts',
      want: whole,
      bytesMax: 3,
      reads: ['abcd'],
      ends: true,
      gathered: ['abcd', 4],
      asked: ['letCome'],
    },
  ];
  for (const { name, want, bytesMax, reads, ends = false, gathered, asked } of table) {
    it(name, async () => {
      const body = bufferOf(bytesMax);
      const pending = body.buffer.gather(want);
      reads.forEach((text, index) => {
        body.read(text, ends && index === reads.length - 1);
      });
      assert.deepEqual(shown(await pending), gathered);
      assert.deepEqual(body.asked, asked);
      assert.equal(body.buffer.gathers, false);
    });
  }

  it('goes on whole, once', async () => {
    const { buffer, read } = bufferOf();
    const pending = buffer.gather(first);
    read('x'.repeat(9000), false);
    await pending;
    assert.equal(buffer.take().length, 9000);
    assert.equal(buffer.take().length, 0);
  });

  it('is there for a second filter, which may want more of it', async () => {
    const { asked, buffer, read } = bufferOf();
    const pending = buffer.gather({ bytesMax: 2, partial: true });
    read('abc', false);
    assert.deepEqual(shown(await pending), ['ab', 3]);
    const second = buffer.gather(whole);
    read('de', true);
    assert.deepEqual(shown(await second), ['abcde', 5]);
    assert.deepEqual(shown(await buffer.gather(whole)), ['abcde', 5]);
    assert.deepEqual(asked, ['letCome', 'holdBack', 'letCome']);
  });

  it('that came while another filter waited is refused all the same where it is too large', async () => {
    const { asked, buffer, read } = bufferOf();
    const pending = buffer.gather({ bytesMax: 9, partial: false });
    read('abcdef', true);
    await pending;
    assert.equal(await buffer.gather(whole), null);
    assert.deepEqual(asked, ['letCome', 'refuse']);
  });

  it('is nothing to whoever waits for it when the exchange ends', async () => {
    const { buffer, read } = bufferOf();
    const pending = buffer.gather(whole);
    read('ab', false);
    buffer.drop();
    assert.equal(await pending, null);
    assert.equal(buffer.take().length, 0);
  });
});

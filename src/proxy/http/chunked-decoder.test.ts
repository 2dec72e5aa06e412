import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ChunkedDecoder } from './chunked-decoder.ts';

function decode(pieces: readonly string[], trailers: 'refuse' | 'drop' = 'refuse') {
  const decoder = new ChunkedDecoder(trailers);
  let body = '';
  let left = '';
  for (const piece of pieces) {
    const bytes = Buffer.from(piece, 'latin1');
    const at = decoder.decode(bytes, 0, bytes.length, {
      onBody: (from, start, end) => {
        body += from.toString('latin1', start, end);
      },
    });
    if (decoder.refusal !== null) return { refused: decoder.refusal.details };
    left += piece.slice(at);
  }
  return { body, done: decoder.done, left };
}

const passing: { name: string; given: string; want: string; trailers?: 'drop' }[] = [
  { name: 'chunks and the end', given: '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n', want: 'hello world' },
  {
    name: 'sizes in either case and with zeroes before',
    given: '00000a\r\n0123456789\r\n0B\r\n0123456789a\r\n000\r\n\r\n',
    want: '01234567890123456789a',
  },
  { name: 'data that looks like framing', given: '7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n', want: '\r\n0\r\n\r\n' },
  { name: 'extensions', given: '1;a\r\nx\r\n1;a=b;c="d;\\"e"\r\ny\r\n0;z\r\n\r\n', want: 'xy' },
  {
    name: 'trailers where they are dropped',
    given: '1\r\nx\r\n0\r\nA-B: c d\r\nE:\r\n\r\n',
    want: 'x',
    trailers: 'drop',
  },
];

describe('the chunked decoder takes', () => {
  for (const { name, given, want, trailers } of passing) {
    it(name, () => {
      assert.deepEqual(decode([given], trailers), { body: want, done: true, left: '' });
    });
    it(`${name}, byte by byte`, () => {
      assert.deepEqual(decode([...given], trailers), { body: want, done: true, left: '' });
    });
  }

  it('nothing after the end', () => {
    assert.deepEqual(decode(['0\r\n\r\nGET /']), { body: '', done: true, left: 'GET /' });
  });
});

const refused: { name: string; given: string; want?: string }[] = [
  { name: 'a size with a sign', given: '+5\r\nhello\r\n' },
  { name: 'a negative size', given: '-5\r\nhello\r\n' },
  { name: 'a size with a prefix', given: '0x5\r\nhello\r\n' },
  { name: 'a size with an underscore', given: '6_0\r\n' },
  { name: 'no size', given: '\r\nhello\r\n' },
  { name: 'no size but an extension', given: ';a=b\r\n' },
  { name: 'a space before the size', given: ' 5\r\nhello\r\n' },
  { name: 'a space after the size', given: '5 \r\nhello\r\n' },
  { name: 'a size beyond all bodies', given: 'ffffffffffffffff\r\n' },
  { name: 'a size of too many digits', given: `${'0'.repeat(40)}5\r\nhello\r\n` },
  { name: 'a size line that ends in LF', given: '5\nhello\r\n' },
  { name: 'a size line that ends in CR', given: '5\rhello' },
  { name: 'data longer than its size', given: '4\r\nhello\r\n' },
  { name: 'data that ends in LF', given: '5\r\nhello\n' },
  { name: 'an extension without a name', given: '5;\r\nhello\r\n' },
  { name: 'an extension with a bare CR', given: '5;a=b\rc\r\nhello\r\n' },
  { name: 'an extension with an open quote', given: '5;a="b\r\nhello\r\n' },
  { name: 'an extension with blanks', given: '5 ; a\r\nhello\r\n' },
  { name: 'extensions without end', given: `5;${'a'.repeat(9000)}` },
  { name: 'a trailer', given: '0\r\nContent-Length: 5\r\n\r\n', want: 'http1.trailers_not_supported' },
];

describe('the chunked decoder refuses', () => {
  for (const { name, given, want = 'http1.invalid_chunk' } of refused) {
    it(name, () => {
      assert.deepEqual(decode([given]), { refused: want });
      assert.deepEqual(decode([...given]), { refused: want });
    });
  }

  it('a folded trailer even where trailers are dropped', () => {
    assert.deepEqual(decode(['0\r\na: b\r\n c\r\n\r\n'], 'drop'), { refused: 'http1.invalid_chunk' });
  });
});

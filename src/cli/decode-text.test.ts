import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeText } from './decode-text.ts';

const TEXT = 'a: ü€😀\n';
const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16();
function utf32(text: string, method: 'writeUInt32LE' | 'writeUInt32BE'): Buffer {
  const points = [...text].map((character) => character.codePointAt(0) as number);
  const bytes = Buffer.alloc(points.length * 4);
  for (const [index, point] of points.entries()) bytes[method](point, index * 4);
  return bytes;
}

describe('a configuration file is text in the encodings that Envoy reads', () => {
  const rows: { name: string; given: Buffer }[] = [
    { name: 'UTF-8', given: Buffer.from(TEXT) },
    { name: 'UTF-16 LE with a mark', given: utf16(`\uFEFF${TEXT}`) },
    { name: 'UTF-16 BE with a mark', given: swapped(utf16(`\uFEFF${TEXT}`)) },
    { name: 'UTF-16 LE without', given: utf16(TEXT) },
    { name: 'UTF-16 BE without', given: swapped(utf16(TEXT)) },
    { name: 'UTF-32 LE with a mark', given: utf32(`\uFEFF${TEXT}`, 'writeUInt32LE') },
    { name: 'UTF-32 BE with a mark', given: utf32(`\uFEFF${TEXT}`, 'writeUInt32BE') },
    { name: 'UTF-32 LE without', given: utf32(TEXT, 'writeUInt32LE') },
    { name: 'UTF-32 BE without', given: utf32(TEXT, 'writeUInt32BE') },
  ];
  for (const { name, given } of rows) it(name, () => assert.equal(decodeText(given, 'a.yaml'), TEXT));
  it('an empty file is an empty text', () => assert.equal(decodeText(Buffer.of(), 'a.yaml'), ''));
  it('bytes that are none of UTF-8 become U+FFFD, written surrogates stay none', () => {
    assert.equal(decodeText(Buffer.from('a\xe9b', 'latin1'), 'a.yaml'), 'a\uFFFDb');
    assert.equal(decodeText(Buffer.from('a\xed\xa0\x80b', 'latin1'), 'a.yaml'), 'a\uD800b');
  });
  it('in JSON the first bad byte is marked, and so is another encoding', () => {
    assert.equal(decodeText(Buffer.from('\uFFFDa\xe9b', 'latin1'), 'a.json').isWellFormed(), false);
    const given = Buffer.concat([Buffer.from('\uFFFD'), Buffer.from('a\xe9b\xff', 'latin1')]);
    assert.equal(decodeText(given, 'a.json'), '\uFFFDa\uD800b\uFFFD');
    assert.equal(decodeText(utf16(TEXT), 'a.json'), `\uFEFF${TEXT}`);
  });
});

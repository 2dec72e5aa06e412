import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeBase64url, encodeBase64url } from './base64url.ts';

describe('base64url', () => {
  it('decodes what it encodes, at every length', () => {
    for (let length = 0; length < 70; length++) {
      const bytes = Buffer.alloc(length, 0xf7);
      assert.deepEqual(decodeBase64url(encodeBase64url(bytes)), bytes);
    }
  });

  const refused = [
    { name: 'padding', given: 'QQ==' },
    { name: 'a blank inside', given: 'QU FB' },
    { name: 'a line feed at the end', given: 'QUFB\n' },
    { name: 'the standard alphabet', given: '-_+/' },
    { name: 'one left-over character', given: 'QUFBQ' },
    { name: 'unused bits that are not zero, of two characters', given: 'QR' },
    { name: 'unused bits that are not zero, of three characters', given: 'QUF' },
    { name: 'NUL', given: 'QUF\0' },
    { name: 'a letter whose low byte is in the alphabet', given: 'QUF\u0142' },
    { name: 'a dot', given: 'QU.B' },
  ];
  for (const { name, given } of refused) {
    it(`refuses ${name}`, () => assert.equal(decodeBase64url(given), null));
  }

  it('encodes text as UTF-8 and a view by its own bytes', () => {
    assert.equal(encodeBase64url('é'), 'w6k');
    assert.equal(encodeBase64url(new Uint8Array([0, 255, 1]).subarray(1, 2)), '_w');
  });
});

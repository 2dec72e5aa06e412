import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyOverlay, type OverlayEntry } from '../scripts/schema/overlay.ts';

const PROTO = `message A {
  message B {
    string key = 1;
  }
}
message C {
  string key = 1;
  string other = 2;
}
`;

const changed = (more: Partial<OverlayEntry>) => {
  const entry = { file: 'a.proto', since: '1.40', fields: '', ...more };
  return applyOverlay('a.proto', PROTO, [entry]).replaceAll(/\s*\/\/.*\n\s*/g, '');
};

describe('an entry of the overlay changes a text', () => {
  const KEY = { 'string key = 1': 'bytes key = 1' };
  it('of its own message, not the same one of another', () => {
    const inC = changed({ message: 'C', replace: KEY });
    assert.match(inC, /message B {\n {4}string key/);
    assert.match(inC, /message C {\n {2}bytes key/);
    assert.match(changed({ message: 'A.B', replace: KEY }), /message B {\n {4}bytes key/);
  });
  it('anywhere, where it is for the whole file', () => {
    assert.match(changed({ replace: { 'string other = 2;': '' } }), /string key = 1;\n {2}\n}/);
  });
  for (const message of ['A.B', 'A']) {
    it(`never where only a message after ${message} has it`, () => {
      assert.throws(() => changed({ message, replace: { 'string other': 'bytes other' } }), /is not in A/);
    });
  }
});

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { statusLine } from './reason-phrases.ts';

it('a status has the phrase that Envoy gives it, and `Unknown` where it has none', () => {
  const lines = [200, 425, 599, 418, 999].map(statusLine);
  assert.deepEqual(
    lines.map((line) => line.trimEnd()),
    [
      'HTTP/1.1 200 OK',
      'HTTP/1.1 425 Too Early',
      'HTTP/1.1 599 Last Unassigned Server Error Code',
      'HTTP/1.1 418 Unknown',
      'HTTP/1.1 999 Unknown',
    ],
  );
});

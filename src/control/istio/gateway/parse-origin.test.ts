import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseOrigin } from './parse-origin.ts';

const CASES = [
  { given: 'http://127.0.0.1:9000', want: { tls: false, host: '127.0.0.1', port: 9000 } },
  { given: 'http://localhost/', want: { tls: false, host: 'localhost', port: 80 } },
  { given: 'https://api.example.com', want: { tls: true, host: 'api.example.com', port: 443 } },
  { given: 'http://[::1]:8000', want: { tls: false, host: '::1', port: 8000 } },
  { given: 'http://host/path', want: null },
  { given: 'host:80', want: null },
  { given: 'ftp://host', want: null },
  { given: 'http://host:0', want: null },
  { given: 'http://host:65536', want: null },
  { given: 'http://user@host', want: null },
];

describe('an upstream', () => {
  for (const { given, want } of CASES) {
    it(`\`${given}\` ${want === null ? 'is refused' : 'is taken'}`, () =>
      assert.deepEqual(parseOrigin(given), want));
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { JwksClient } from './jwks-client.ts';

describe('an address of keys that would not stay one line of a request', () => {
  for (const uri of ['http://h/a HTTP/1.1\r\nx-evil: 1', 'http://h/a b', 'http://h/\0', 'http://h/\u010a']) {
    it(`is not asked for: ${JSON.stringify(uri)}`, async () => {
      const reasons: unknown[] = [];
      const log = (_message: string, fields: Record<string, unknown> = {}) =>
        void reasons.push(fields['reason']);
      const client = new JwksClient(new Map(), { info: log, warn: log, error: log }, '127.0.0.1');
      const backOffMs = { base: 1, max: 1 };
      const request = { provider: 'p', uri, cluster: 'c', timeoutMs: 1, retries: 0, backOffMs };
      assert.equal(await client.fetch(request), null);
      assert.deepEqual(reasons, ['its address holds a blank or a control']);
    });
  }
});

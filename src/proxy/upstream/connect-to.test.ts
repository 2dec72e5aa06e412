import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyConnectTo, parseConnectTo } from './connect-to.ts';

describe('--connect-to', () => {
  const rules = [
    {
      given: 'a.test:443:127.0.0.1:8443',
      want: { host: 'a.test', port: 443, address: '127.0.0.1', toPort: 8443 },
    },
    { given: '[::1]:443:[::2]:8443', want: { host: '::1', port: 443, address: '::2', toPort: 8443 } },
    { given: '::b.test:80', want: { host: '', port: 0, address: 'b.test', toPort: 80 } },
    { given: 'a.test:443', want: null },
    { given: 'a.test:443:127.0.0.1', want: null },
    { given: 'a.test:443:127.0.0.1:0', want: null },
    { given: 'a.test:70000:127.0.0.1:80', want: null },
    { given: 'a.test:x:127.0.0.1:80', want: null },
  ];
  for (const { given, want } of rules) {
    it(`reads \`${given}\``, () => assert.deepEqual(parseConnectTo(given), want));
  }

  it('moves the endpoints that a rule names, the first rule first', () => {
    const all = ['a:1:x:2', 'a::y:3', '::z:4']
      .map((text) => parseConnectTo(text))
      .filter((rule) => rule !== null);
    assert.deepEqual(applyConnectTo(all, 'a', 1), { host: 'x', port: 2 });
    assert.deepEqual(applyConnectTo(all, 'a', 9), { host: 'y', port: 3 });
    assert.deepEqual(applyConnectTo(all, 'b', 9), { host: 'z', port: 4 });
    assert.deepEqual(applyConnectTo([], 'b', 9), { host: 'b', port: 9 });
  });
});

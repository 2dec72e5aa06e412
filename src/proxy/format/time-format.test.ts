import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileTimeFormat } from './time-format.ts';

const AT = Date.parse('2026-11-26T02:05:48.125Z');

describe('the format of a time', () => {
  const table: { given: string; want: string }[] = [
    { given: '%s', want: '1795658748' },
    { given: '%Y-%m-%dT%H:%M:%S.%3fZ', want: '2026-11-26T02:05:48.125Z' },
    { given: '%s.%6f|%f|%E3S|%9f', want: '1795658748.125000|125000000|48.125|125000000' },
    { given: '%a %A %b %B %d %e %j', want: 'Thu Thursday Nov November 26 26 330' },
    { given: '%F %T %R %D %y %I %p %z %Z', want: '2026-11-26 02:05:48 02:05 11/26/26 26 02 AM +0000 UTC' },
    { given: 'plain', want: 'plain' },
  ];
  for (const { given, want } of table) {
    it(given, () => {
      const compiled = compileTimeFormat(given);
      assert.ok('print' in compiled);
      assert.equal(compiled.print(AT), want);
    });
  }
  for (const given of ['%Q', '%', 'a%%b', '%E*S']) {
    it(`${given} is not done`, () => assert.ok('unsupported' in compileTimeFormat(given)));
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readableOnce, wantsColor } from './io.ts';

describe('colours', () => {
  const cases: { name: string; given: Parameters<typeof wantsColor>; want: boolean }[] = [
    { name: 'a terminal has them', given: [true, {}, []], want: true },
    { name: 'a pipe has none', given: [false, {}, []], want: false },
    { name: 'a dumb terminal has none', given: [true, { TERM: 'dumb' }, []], want: false },
    { name: 'NO_COLOR turns them off', given: [true, { NO_COLOR: '1' }, []], want: false },
    { name: 'an empty NO_COLOR does not', given: [true, { NO_COLOR: '' }, []], want: true },
    { name: '--no-color turns them off', given: [true, {}, ['validate', '--no-color']], want: false },
  ];
  for (const { name, given, want } of cases) {
    it(name, () => assert.equal(wantsColor(...given), want));
  }
});

it('the standard input is read once, and who wants it again is told', async () => {
  const read = readableOnce(async () => 'a text');
  assert.equal(await read(), 'a text');
  await assert.rejects(read(), { message: /^the standard input can be read once/ });
});

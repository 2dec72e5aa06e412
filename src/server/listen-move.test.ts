import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeListenError } from './listen-error.ts';
import { applyListenMoves, describeUnusedMove, type ListenMove, parseListenMove } from './listen-move.ts';

describe('--listen', () => {
  const moves = [
    {
      given: '0.0.0.0:8080=127.0.0.1:0',
      want: { host: '0.0.0.0', port: 8080, address: '127.0.0.1', toPort: 0 },
    },
    { given: '[::]:8080=[::1]:81', want: { host: '::', port: 8080, address: '::1', toPort: 81 } },
    { given: '0.0.0.0:8080', want: null },
    { given: '0.0.0.0=127.0.0.1:1', want: null },
    { given: '0.0.0.0:8080=127.0.0.1:99999', want: null },
    { given: '0.0.0.0:8080=:1', want: null },
    { given: 'a:1=b:2=c:3', want: null },
  ];
  for (const { given, want } of moves) {
    it(`reads \`${given}\``, () => assert.deepEqual(parseListenMove(given), want));
  }

  it('moves the listener of that address and no other', () => {
    const move = parseListenMove('0.0.0.0:8080=127.0.0.1:9');
    assert.ok(move !== null);
    assert.deepEqual(applyListenMoves([move], { address: '0.0.0.0', port: 8080 }), {
      address: '127.0.0.1',
      port: 9,
    });
    assert.deepEqual(applyListenMoves([move], { address: '0.0.0.0', port: 1 }), {
      address: '0.0.0.0',
      port: 1,
    });
  });
});

describe('a --listen that names no listener', () => {
  const listeners = [
    { address: '0.0.0.0', port: 8080 },
    { address: '::', port: 81 },
  ];
  const cases = [
    { name: 'both listeners moved', given: ['0.0.0.0:8080=127.0.0.1:1', '[::]:81=[::1]:2'], want: null },
    {
      name: 'another port',
      given: ['0.0.0.0:8080=127.0.0.1:1', '0.0.0.0:808=127.0.0.1:1'],
      want: '`--listen 0.0.0.0:808=…` moves no listener: the configuration has `0.0.0.0:8080`, `[::]:81`',
    },
    {
      name: 'another address',
      given: ['127.0.0.1:8080=127.0.0.1:1'],
      want: '`--listen 127.0.0.1:8080=…` moves no listener: the configuration has `0.0.0.0:8080`, `[::]:81`',
    },
  ];
  for (const { name, given, want } of cases) {
    it(name, () => assert.equal(describeUnusedMove(given.map(parsed), listeners), want));
  }

  it('is told so where there are no listeners', () => {
    const said = describeUnusedMove([parsed('[::1]:1=127.0.0.1:2')], []);
    assert.equal(said, '`--listen [::1]:1=…` moves no listener: there are none');
  });
});

describe('what is advised where an address cannot be had', () => {
  it('is a --listen that can be read, for IPv6 too', () => {
    const at = { address: '::1', port: 81 };
    const said = describeListenError({ code: 'EACCES' } as NodeJS.ErrnoException, at, at);
    const advice = /`--listen (.*)PORT`$/.exec(said)?.[1];
    assert.deepEqual(parseListenMove(`${advice}9`), {
      host: '::1',
      port: 81,
      address: '127.0.0.1',
      toPort: 9,
    });
  });
});

function parsed(text: string): ListenMove {
  const move = parseListenMove(text);
  assert.ok(move !== null);
  return move;
}

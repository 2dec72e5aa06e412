import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyListenMoves, parseListenMove } from './listen-move.ts';

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

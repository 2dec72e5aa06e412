import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { call, evaluateStrings, header, list, on, text } from '../../../test/fixtures/cel-expression.ts';
import type { ExpressionConfig } from './expression-config.ts';

describe('a text that a request asks for and that would be too long is in doubt', () => {
  const [a, b] = [header('a'), header('b')];
  const twice = (one: ExpressionConfig) => call('_+_', one, one);
  /** Of these lengths each comes to 1 Mi code units, and with one more of `a` to more. */
  const table: { name: string; built: ExpressionConfig; a: string; b: string; more: string }[] = [
    {
      name: 'joined',
      built: on(on(a, 'split', text(',')), 'join', b),
      a: ','.repeat(1024),
      b: 'b'.repeat(1024),
      more: ',',
    },
    {
      name: 'replaced',
      built: on(a, 'replace', text('a'), b),
      a: 'a'.repeat(1024),
      b: 'b'.repeat(1024),
      more: 'a',
    },
    {
      name: 'replaced around each character',
      built: on(a, 'replace', text(''), b),
      a: 'a'.repeat(1023),
      b: 'b'.repeat(1023),
      more: 'a',
    },
    {
      name: 'extracted',
      built: call('re.extract', b, text('(.*)'), a),
      a: '\\1'.repeat(1024),
      b: 'b'.repeat(1024),
      more: 'a',
    },
    { name: 'added', built: twice(a), a: 'a'.repeat(2 ** 19), b: '', more: 'a' },
    { name: 'added as bytes', built: twice(call('bytes', a)), a: 'a'.repeat(2 ** 19), b: '', more: 'a' },
  ];
  for (const { name, built, a: first, b: second, more } of table) {
    it(name, () => {
      const isItself = call('_==_', built, built);
      const outcomes = [first, first + more].map((line) => evaluateStrings(isItself, { a: line, b: second }));
      assert.deepEqual(outcomes, ['true', 'doubt']);
    });
  }
});

it('bytes that make a character once they are joined are one', () => {
  const joined = on(list(header('a'), header('b')), 'join');
  assert.equal(evaluateStrings(call('_==_', joined, text('é')), { a: '\xc3', b: '\xa9' }), 'true');
});

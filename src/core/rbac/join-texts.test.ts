import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  call,
  contextOf,
  id,
  list,
  on,
  select,
  subject,
  text,
} from '../../../test/fixtures/cel-expression.ts';
import { compileExpression, type Expression } from './compile-expression.ts';
import type { RbacSubject } from './condition.ts';
import { evaluateExpression } from './evaluate-expression.ts';
import type { ExpressionConfig } from './expression-config.ts';

const header = (name: string) => call('_[_]', select(id('request'), 'headers'), text(name));
const options = { enableStringConversion: true, enableStringConcat: true, enableStringFunctions: true };

function evaluate(expression: ExpressionConfig, lines: Readonly<Record<string, string>>): string {
  const headers = { names: Object.keys(lines), values: Object.values(lines) };
  const about: RbacSubject = { ...subject, request: { ...subject.request, headers } };
  const compiled = compileExpression(expression, { ...contextOf(assert.fail), options }) as Expression;
  return evaluateExpression(compiled, about);
}

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
      const outcomes = [first, first + more].map((line) => evaluate(isItself, { a: line, b: second }));
      assert.deepEqual(outcomes, ['true', 'doubt']);
    });
  }
});

it('bytes that make a character once they are joined are one', () => {
  const joined = on(list(header('a'), header('b')), 'join');
  assert.equal(evaluate(call('_==_', joined, text('é')), { a: '\xc3', b: '\xa9' }), 'true');
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { call, evaluateStrings, header, int, on, text } from '../../../test/fixtures/cel-expression.ts';
import type { ExpressionConfig } from './expression-config.ts';

const LINES = {
  accent: '\xc3\xa9x',
  first: '\xc3',
  last: '\xa9',
  broken: '\xe2\x82a',
  turned: 'a\xe2\x82',
  replaced: '\xc3-x',
  rest: '\xa9x',
  many: '\xc3\xa9\xa9x\xa9',
};
const [accent, first, last] = [header('accent'), header('first'), header('last')];
const [broken, many] = [header('broken'), header('many')];
const is = (a: ExpressionConfig, b: ExpressionConfig) => call('_==_', a, b);
const size = (one: ExpressionConfig) => call('size', one);
const none = int(-1n);

/** Envoy 1.40 says so to each. */
const table: { name: string; holds: ExpressionConfig }[] = [
  {
    name: 'is turned around with the bytes that go on behind a first one',
    holds: is(on(broken, 'reverse'), header('turned')),
  },
  { name: 'is turned around by characters', holds: is(on(on(accent, 'reverse'), 'reverse'), accent) },
  {
    name: 'has a sign in place of a byte that makes no character',
    holds: is(on(broken, 'charAt', int(0n)), text('\ufffd')),
  },
  { name: 'has its characters', holds: is(on(accent, 'charAt', int(0n)), text('é')) },
  { name: 'is split within a character', holds: is(size(on(accent, 'split', last)), int(2n)) },
  { name: 'is split at each such byte', holds: is(size(on(many, 'split', last)), int(4n)) },
  {
    name: 'is split up to a limit, and goes on as it is',
    holds: call('@in', accent, on(accent, 'split', last, int(1n))),
  },
  {
    name: 'is replaced within a character',
    holds: is(on(accent, 'replace', last, text('-')), header('replaced')),
  },
  {
    name: 'is replaced at the start of a character',
    holds: is(on(accent, 'replace', first, text('')), header('rest')),
  },
  { name: 'begins with a part of a character', holds: is(on(accent, 'indexOf', first), int(0n)) },
  { name: 'has nothing within a character', holds: is(on(accent, 'indexOf', last), none) },
  { name: 'has what is no part of one', holds: is(on(many, 'indexOf', last), int(1n)) },
  { name: 'has the last of those', holds: is(on(many, 'lastIndexOf', last), int(3n)) },
];

describe('a header that is not UTF-8', () => {
  for (const { name, holds } of table) it(name, () => assert.equal(evaluateStrings(holds, LINES), 'true'));
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RE2JS } from 're2js';
import { toByteString } from './byte-string.ts';
import { measureProgram } from './program-size.ts';
import { measureRegex } from './regex.ts';

describe('the program of an expression over bytes', () => {
  const table: { name: string; given: string; want: number }[] = [
    { name: 'begins with a loop that looks for its start', given: 'a', want: 5 },
    { name: 'needs none where it has to start at the start', given: '^[a-z]+$', want: 4 },
    { name: 'leaves literals behind `^` out', given: '^/api/(v1|v2)/.*$', want: 11 },
    { name: 'leaves `$` out', given: 'a$', want: 5 },
    { name: 'keeps `$` in one of two alternatives', given: '(?:a|b$)', want: 7 },
    { name: 'has an instruction for each range of a class', given: '[0-9a-f_]', want: 7 },
    { name: 'has one for letters of both cases', given: '[A-Za-z]', want: 5 },
    { name: 'has one for each byte of a character', given: 'é', want: 6 },
    { name: 'repeats what is repeated', given: 'a{96}', want: 100 },
    { name: 'shares the beginnings of alternatives', given: 'abc|abd|abe', want: 7 },
    { name: 'marks a loop over all bytes at the end', given: '(?s).*', want: 6 },
    { name: 'has two for a group', given: '(a)', want: 7 },
    { name: 'jumps to what is come to by two ways', given: '(ab|cd)*e', want: 11 },
  ];
  for (const { name, given, want } of table) {
    it(`${name}: ${given}`, () =>
      assert.deepEqual(measureRegex(given), { instructions: want, isExact: true }));
  }
  for (const given of [
    '.*.+',
    '(?:a?)*',
    'ab|^ac|^ad',
    'ca|c|.',
    '^(?:ab)c',
    '(?i)é',
    'a(?i:b)',
    '\\p{Greek}',
  ]) {
    it(`is not sure where RE2 makes the expression simpler: ${given}`, () =>
      assert.equal(measureRegex(given)?.isExact, false));
  }
  it('is none of what is no expression', () => assert.equal(measureRegex('('), null));
});

describe('the program of an expression over text', () => {
  const table: { given: string; want: number }[] = [
    { given: 'b', want: 5 },
    { given: '.', want: 12 },
    { given: '[^/]+/[^/]+', want: 23 },
    { given: '(?s:.)', want: 11 },
  ];
  for (const { given, want } of table) {
    it(`reads what is beyond ASCII by two, three and four bytes: ${given}`, () =>
      assert.deepEqual(measureProgram(given, RE2JS.compile(given), 'text'), {
        instructions: want,
        isExact: true,
      }));
  }
  it('is not sure of other ranges beyond ASCII', () => {
    assert.equal(measureProgram('[é-ü]', RE2JS.compile('[é-ü]'), 'text').isExact, false);
    assert.equal(measureProgram(toByteString('é'), RE2JS.compile(toByteString('é')), 'bytes').isExact, true);
  });
});

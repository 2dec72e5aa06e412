import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wildcardMatcher } from './string-matcher.ts';

/** istio.md §1.4. */
const CASES = [
  { given: '*', want: { case: 'safeRegex', text: '.+' } },
  { given: 'abc', want: { case: 'exact', text: 'abc' } },
  { given: 'abc*', want: { case: 'prefix', text: 'abc' } },
  { given: '*abc', want: { case: 'suffix', text: 'abc' } },
  { given: 'a*c', want: { case: 'exact', text: 'a*c' } },
  { given: '*abc*', want: { case: 'suffix', text: 'abc*' } },
  { given: '', want: { case: 'exact', text: '' } },
];

function textOf({ matchPattern }: ReturnType<typeof wildcardMatcher>) {
  const { value } = matchPattern;
  return {
    case: matchPattern.case,
    text: matchPattern.case === 'safeRegex' ? matchPattern.value.regex : value,
  };
}

describe('Istio wildcards', () => {
  for (const { given, want } of CASES) {
    it(`\`${given}\` is ${want.case} \`${want.text}\``, () =>
      assert.deepEqual(textOf(wildcardMatcher(given)), want));
  }
  it('a suffix behind a fixed start is a regular expression with the suffix escaped', () => {
    assert.deepEqual(textOf(wildcardMatcher('*.x', 'spiffe://')), {
      case: 'safeRegex',
      text: 'spiffe://.*\\.x',
    });
  });
});

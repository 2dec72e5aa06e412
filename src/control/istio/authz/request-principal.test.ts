import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StringMatcher } from '#schema/envoy/type/matcher/v3/string_pb.js';
import { parseRequestPrincipal } from './request-principal.ts';

const words = ({ matchPattern }: StringMatcher) =>
  matchPattern.case === 'safeRegex'
    ? `regex ${matchPattern.value.regex}`
    : `${matchPattern.case} ${String(matchPattern.value)}`;

/** istio.md §2.6.2. */
const CASES = [
  { given: '*', issuer: 'regex .+', subject: 'regex .+' },
  { given: 'foo/bar', issuer: 'exact foo', subject: 'exact bar' },
  { given: 'https://a/b/sub1', issuer: 'exact https://a/b', subject: 'exact sub1' },
  { given: 'foo/*', issuer: 'exact foo', subject: 'regex .+' },
  { given: 'foo/bar*', issuer: 'exact foo', subject: 'prefix bar' },
  { given: 'foo*', issuer: 'prefix foo', subject: 'regex .+' },
  { given: '*foo', issuer: 'regex .+', subject: 'suffix foo' },
  { given: '*/foo', issuer: 'regex .+', subject: 'exact foo' },
  { given: '*bar/foo', issuer: 'suffix bar', subject: 'exact foo' },
  { given: 'foo', issuer: 'exact foo', subject: 'exact ' },
  { given: '*/*', issuer: 'regex .+', subject: 'exact *' },
  { given: '*a*', issuer: 'regex .+', subject: 'suffix a*' },
];

describe('a request principal', () => {
  for (const { given, issuer, subject } of CASES) {
    it(`\`${given}\` asks for iss ${issuer} and sub ${subject}`, () => {
      const parsed = parseRequestPrincipal(given);
      assert.deepEqual({ issuer: words(parsed.issuer), subject: words(parsed.subject) }, { issuer, subject });
    });
  }
});

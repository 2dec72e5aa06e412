import type { RegexMatcher } from '#schema/envoy/type/matcher/v3/regex_pb.js';
import { compileRegex } from '../../../core/match/index.ts';
import type { CheckContext } from './check-context.ts';

export function checkRegex(matcher: RegexMatcher, context: CheckContext): void {
  const { error } = compileRegex(matcher.regex);
  if (error === undefined) return;
  context.complain({
    code: 'badRegex',
    message: `bad regular expression: ${error}`,
    hint: 'expressions are RE2: no lookaround, no back-references',
    about: matcher,
    field: 'regex',
  });
}

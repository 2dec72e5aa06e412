import type { RegexMatcher } from '#schema/envoy/type/matcher/v3/regex_pb.js';
import { compileRegex, measureRegex } from '../../../core/match/index.ts';
import type { CheckContext } from './check-context.ts';
import { regexSizeLimit } from './regex-size-limit.ts';

export function checkRegex(matcher: RegexMatcher, context: CheckContext): void {
  const { error } = compileRegex(matcher.regex);
  if (error === undefined) {
    checkSize(matcher, context);
    return;
  }
  context.complain({
    code: 'badRegex',
    message: `bad regular expression: ${error}`,
    hint: 'expressions are RE2: no lookaround, no back-references',
    about: matcher,
    field: 'regex',
  });
}

/** Where the size is not sure it can be somewhat larger than it seems. */
const NEARLY = 0.9;

/** Envoy refuses expressions whose programs are large (Envoy: regex.cc); what runs in an Envoy has been taken. */
function checkSize(matcher: RegexMatcher, context: CheckContext): void {
  const size = context.isRunning ? null : measureRegex(matcher.regex);
  if (size === null) return;
  const { instructions, isExact } = size;
  const limit = regexSizeLimit(matcher, context.bootstrap);
  if (instructions <= (isExact ? limit.instructions : limit.instructions * NEARLY)) return;
  const isSure = isExact && limit.isFixed;
  context.complain({
    code: isSure ? 'largeRegex' : 'perhapsLargeRegex',
    message: isSure
      ? `the regular expression is too large: its program has ${instructions} instructions, and Envoy takes ${limit.instructions}`
      : `the regular expression may be too large for Envoy: its program has about ${instructions} instructions, and Envoy takes ${limit.instructions}`,
    hint: 'make it shorter or two of it, or set `re2.max_program_size.error_level` in a static layer of `layered_runtime`',
    about: matcher,
    field: 'regex',
    severity: isSure ? 'error' : 'warning',
    envoy: instructions > limit.instructions ? 'refuses' : 'accepts',
  });
}

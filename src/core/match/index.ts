export { type AbsoluteUri, readAbsoluteUri } from './absolute-uri.ts';
export { inWordsOfRe2 } from './byte-pattern.ts';
export { detached, fromByteString, lowerAscii, toByteString, toText } from './byte-string.ts';
export { type FilterState, noteState } from './filter-state.ts';
export { FirstMatchIndex } from './first-match-index.ts';
export { formatIpAddress } from './format-ip.ts';
export {
  compileHeaderMatcher,
  type HeaderMatcher,
  type HeaderMatcherConfig,
  joinedLines,
  pseudoHeader,
} from './header-matcher.ts';
export { type ClueSource, collectAt, type Hint, hintWithin, pathHint, valueHint } from './hint.ts';
export { addressBits, createIpRange, type IpRange, parseIpAddress } from './ip-range.ts';
export { keysOfPattern } from './literal-prefix.ts';
export { type MatchedRequest, withoutParameters, withoutQuery } from './matched-request.ts';
export {
  compileMetadataMatcher,
  describeValue,
  findMetadata,
  type MetadataMatcher,
  type MetadataMatcherConfig,
  type MetadataSource,
  type PackedMessage,
} from './metadata-matcher.ts';
export { ParameterWalk } from './parameter-walk.ts';
export type { PathKey } from './path-index.ts';
export {
  compileRegexPathMatcher,
  createPathMatcher,
  type PathMatcher,
} from './path-matcher.ts';
export { measureProgram } from './program-size.ts';
export {
  compileQueryParameterMatcher,
  type QueryParameterMatcher,
  type QueryParameterMatcherConfig,
} from './query-parameter-matcher.ts';
export { redactTokens, wantedUnder } from './redact-tokens.ts';
export type { Refuse } from './refusal.ts';
export { compileRegex, measureRegex, type Regex } from './regex.ts';
export { compileRegexRewrite, type RegexRewrite } from './regex-rewrite.ts';
export { compileStringMatcher, type StringMatcher, type StringMatcherConfig } from './string-matcher.ts';
export { compileTemplateRewrite } from './template-rewrite.ts';
export { compileUriTemplate } from './uri-template.ts';
export {
  compileValueMatcher,
  type MatchedValue,
  type ValueMatcher,
  type ValueMatcherConfig,
} from './value-matcher.ts';

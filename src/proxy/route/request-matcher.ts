import type { TypedExtensionConfig } from '#schema/envoy/config/core/v3/extension_pb.js';
import type { RouteMatch } from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { Recorder } from '../../base/index.ts';
import {
  compileHeaderMatcher,
  compileMetadataMatcher,
  compileQueryParameterMatcher,
  compileRegexPathMatcher,
  compileUriTemplate,
  createPathMatcher,
  fromByteString,
  type HeaderMatcher,
  type Hint,
  hintWithin,
  type MatchedRequest,
  type MetadataMatcher,
  type PathMatcher,
  pathHint,
  type QueryParameterMatcher,
} from '../../core/match/index.ts';
import { type Findings, typeNameOf } from '../../resources/index.ts';
import { pathTemplateOf } from '../path-template.ts';
import { refuseField, refuseInto } from '../refusals.ts';
import { type Circumstances, NO_CIRCUMSTANCES } from './circumstances.ts';
import { compileConditions, type RouteCondition } from './route-conditions.ts';

/** A compiled `RouteMatch`: what a route and a jwt rule ask of a request's head. All of it must hold. */
export class RequestMatcher {
  readonly origin: RouteMatch;
  /** For a person: `prefix "/api", header x-a present`. */
  readonly wants: string;
  readonly hint: Hint<MatchedRequest>;
  readonly #path: PathMatcher;
  readonly #headers: readonly HeaderMatcher[];
  readonly #parameters: readonly QueryParameterMatcher[];
  readonly #metadata: readonly MetadataMatcher[];
  readonly #conditions: readonly RouteCondition[];

  constructor(
    origin: RouteMatch,
    path: PathMatcher,
    headers: readonly HeaderMatcher[],
    parameters: readonly QueryParameterMatcher[],
    metadata: readonly MetadataMatcher[],
    conditions: readonly RouteCondition[],
  ) {
    this.origin = origin;
    this.#path = path;
    this.#headers = headers;
    this.#parameters = parameters;
    this.#metadata = metadata;
    this.#conditions = conditions;
    this.hint = {
      kind: 'all',
      members: [
        pathHint(path.keys),
        ...headers.map(({ hint }) => hint),
        ...parameters.map(({ hint }) => hintWithin(hint, (request: MatchedRequest) => request.path)),
      ],
    };
    this.wants = [path, ...headers, ...parameters, ...metadata, ...conditions]
      .map((part) => part.wants)
      .join(', ');
  }

  /** Whether more than the request's head has a say in it: what filters left, the client's certificate, chance. */
  get looksBeyondHead(): boolean {
    const { tlsContext, runtimeFraction, filterState } = this.origin;
    const asksFilters = this.#metadata.length > 0 || filterState.length > 0;
    return asksFilters || tlsContext !== undefined || runtimeFraction !== undefined;
  }

  /**
   * @param path the request's path without query and fragment
   * @param around what else routes look at
   */
  matches(
    path: string,
    request: MatchedRequest,
    recorder: Recorder | null,
    around: Circumstances = NO_CIRCUMSTANCES,
  ): boolean {
    if (recorder !== null) recorder.note(`path = "${fromByteString(path)}"`);
    if (!this.#path.matches(path)) return false;
    for (const header of this.#headers) {
      if (!header.matches(request, recorder)) return false;
    }
    for (const parameter of this.#parameters) {
      if (!parameter.matches(request.path, recorder)) return false;
    }
    for (const matcher of this.#metadata) {
      if (!matcher.matches(around.metadataIfAny, recorder)) return false;
    }
    for (const condition of this.#conditions) {
      if (!condition.matches(request, recorder, around)) return false;
    }
    return true;
  }
}

/**
 * Compiles a RouteMatch.
 * @param use a jwt rule leaves out of account, in Envoy too, what only routes look at (envoy.md §6.2)
 */
export function compileRequestMatcher(
  match: RouteMatch,
  use: 'route' | 'rule',
  findings: Findings,
): RequestMatcher | null {
  const refuse = refuseInto(findings);
  if (use === 'rule') reportOtherFields(match, findings);
  const path = compilePath(match, use, findings);
  const headers = match.headers.map((header) => compileHeaderMatcher(header, refuse));
  const parameters = match.queryParameters.map((one) => compileQueryParameterMatcher(one, refuse));
  const metadata =
    use === 'rule' ? [] : match.dynamicMetadata.map((one) => compileMetadataMatcher(one, refuse));
  const conditions = use === 'rule' ? [] : compileConditions(match, findings);
  if (path === null || conditions.includes(null)) return null;
  if (headers.includes(null) || parameters.includes(null) || metadata.includes(null)) return null;
  return new RequestMatcher(
    match,
    path,
    headers as HeaderMatcher[],
    parameters as QueryParameterMatcher[],
    metadata as MetadataMatcher[],
    conditions as RouteCondition[],
  );
}

function compilePath(match: RouteMatch, use: 'route' | 'rule', findings: Findings): PathMatcher | null {
  const { pathSpecifier: specifier } = match;
  const ignoreCase = match.caseSensitive === false;
  switch (specifier.case) {
    case 'prefix':
      return createPathMatcher('prefix', specifier.value, ignoreCase);
    case 'path':
      return createPathMatcher('path', specifier.value, ignoreCase);
    case 'pathSeparatedPrefix':
      return createPathMatcher('path_separated_prefix', specifier.value, ignoreCase);
    case 'safeRegex':
      return compileRegexPathMatcher(specifier.value, refuseInto(findings));
    case 'connectMatcher':
      if (use === 'rule') return CONNECT;
      refuseField(findings, match, 'connect_matcher');
      return null;
    case 'pathMatchPolicy':
      return compileTemplate(specifier.value, findings);
    case undefined:
      findings.report({
        code: 'E122',
        severity: 'error',
        message: 'a match needs one of `prefix`, `path`, `path_separated_prefix`, `safe_regex`',
        envoy: 'refuses',
        about: match,
      });
      return null;
  }
}

/** A rule for CONNECT requests, which the connection refuses before any filter: it never applies. */
const CONNECT: PathMatcher = { wants: 'CONNECT', keys: null, matches: () => false };

/** `path_match_policy`: the one extension that Envoy has. */
function compileTemplate(extension: TypedExtensionConfig, findings: Findings): PathMatcher | null {
  const template = pathTemplateOf(extension);
  if (template === null) {
    const type = extension.typedConfig === undefined ? extension.name : typeNameOf(extension.typedConfig);
    refuseInto(findings)(
      `\`${type}\` is no path matcher that \`path_match_policy\` can have`,
      extension,
      'typed_config',
      'accepts',
    );
    return null;
  }
  const compiled = compileUriTemplate(template);
  if ('matcher' in compiled) return compiled.matcher;
  refuseInto(findings)(compiled.error, extension, 'typed_config');
  return null;
}

/** What only routes look at. */
function reportOtherFields(match: RouteMatch, findings: Findings): void {
  const fields: [string, boolean][] = [
    ['runtime_fraction', match.runtimeFraction !== undefined],
    ['grpc', match.grpc !== undefined],
    ['cookies', match.cookies.length > 0],
    ['tls_context', match.tlsContext !== undefined],
    ['filter_state', match.filterState.length > 0],
    ['dynamic_metadata', match.dynamicMetadata.length > 0],
  ];
  for (const [field, isSet] of fields) {
    if (!isSet) continue;
    findings.report({
      code: 'W301',
      severity: 'warning',
      message: `\`${field}\` has no effect in a jwt_authn rule`,
      envoy: 'ignores',
      about: match,
      field,
    });
  }
}

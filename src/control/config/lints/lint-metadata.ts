import type { JwtAuthentication } from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { RBAC } from '#schema/envoy/extensions/filters/http/rbac/v3/rbac_pb.js';
import type { HttpConnectionManager } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { MetadataMatcher } from '#schema/envoy/type/matcher/v3/metadata_pb.js';
import type { StringMatcher } from '#schema/envoy/type/matcher/v3/string_pb.js';
import type { ValueMatcher } from '#schema/envoy/type/matcher/v3/value_pb.js';
import { typeNameOf } from '../../../resources/index.ts';
import type { CheckContext } from '../checks/check-context.ts';
import { nearMiss } from '../decode/near-miss.ts';
import { renderNames } from '../decode/render-names.ts';
import { filterConfig, JWT_AUTHN } from './jwt-filters.ts';
import { metadataConditionsOf, RBAC_FILTER } from './metadata-conditions.ts';

/** The namespace that claims are written to. */
const JWT_NAMESPACE = 'envoy.filters.http.jwt_authn';

/** L16, L23 and L24: policies about claims that are not there yet, are compared as one text, or are written by nobody. */
export function lintMetadata(manager: HttpConnectionManager, context: CheckContext): void {
  const written = new Set<string>();
  let verified = false;
  const all = manager.httpFilters.flatMap(
    (filter) => filterConfig<JwtAuthentication>(filter, JWT_AUTHN) ?? [],
  );
  for (const filter of manager.httpFilters) {
    const jwt = filterConfig<JwtAuthentication>(filter, JWT_AUTHN);
    if (jwt !== undefined) verified = true;
    for (const key of jwt === undefined ? [] : keysWrittenBy(jwt)) written.add(key);
    const rbac = filterConfig<RBAC>(filter, RBAC_FILTER);
    if (rbac === undefined) continue;
    for (const condition of metadataConditionsOf(rbac)) {
      if (condition.filter !== JWT_NAMESPACE) lintNamespace(condition, manager, context);
      else if (!verified && all.length > 0) complainOfOrder(condition, context);
      else if (all.length > 0) lintKey(condition, written, context);
      lintScope(condition, context);
    }
  }
}

function complainOfOrder(condition: MetadataMatcher, context: CheckContext): void {
  context.complain({
    code: 'claimsNotYetThere',
    severity: 'warning',
    message: 'this filter stands before jwt_authn, so there are no claims yet: the condition never holds',
    hint: 'put jwt_authn in front of it in `http_filters`',
    about: condition,
    field: 'filter',
    envoy: 'accepts',
  });
}

/** Types of filters that write no metadata of their own choice of name. */
const SILENT = new Set([
  JWT_AUTHN,
  RBAC_FILTER,
  'envoy.extensions.filters.http.router.v3.Router',
  'envoy.extensions.filters.http.cors.v3.Cors',
]);

function lintNamespace(
  condition: MetadataMatcher,
  manager: HttpConnectionManager,
  context: CheckContext,
): void {
  if (context.isBroken(condition, 'filter')) return;
  const meant = nearMiss(condition.filter, [JWT_NAMESPACE]);
  const isWritten = manager.httpFilters.some(
    ({ configType }) => configType.case === 'typedConfig' && !SILENT.has(typeNameOf(configType.value)),
  );
  const isOwn = condition.filter === 'envoy.filters.http.rbac' || condition.filter === 'envoy.common';
  if (isOwn || (isWritten && meant === undefined)) return;
  context.complain({
    code: 'unwrittenMetadata',
    severity: 'warning',
    message: `no filter here writes metadata of \`${condition.filter}\`, so the condition never holds`,
    hint: meant === undefined ? `claims are in \`${JWT_NAMESPACE}\`` : `did you mean \`${meant}\`?`,
    about: condition,
    field: 'filter',
    envoy: 'accepts',
  });
}

function lintKey(condition: MetadataMatcher, written: ReadonlySet<string>, context: CheckContext): void {
  const first = condition.path[0];
  const key = first?.segment.case === 'key' ? first.segment.value : undefined;
  if (first === undefined || key === undefined || written.has(key)) return;
  const meant = context.guess(key, () => written);
  const known =
    written.size === 0 ? 'no provider has `payload_in_metadata`' : `there is ${renderNames(written)}`;
  context.complain({
    code: 'unwrittenMetadata',
    severity: 'warning',
    message: `no provider writes metadata under the key \`${key}\`, so the condition never holds`,
    hint: meant === undefined ? known : `did you mean \`${meant}\`?`,
    about: first,
    field: 'key',
    envoy: 'accepts',
  });
}

function keysWrittenBy({ providers }: JwtAuthentication): string[] {
  return Object.values(providers).flatMap(({ payloadInMetadata, headerInMetadata, failedStatusInMetadata }) =>
    [payloadInMetadata, headerInMetadata, failedStatusInMetadata].filter((key) => key !== ''),
  );
}

const SCOPES = new Set(['scope', 'scp']);

/** A scope is a list of words in one text: a part of it may be a part of another word. */
function lintScope(condition: MetadataMatcher, context: CheckContext): void {
  const last = condition.path.at(-1);
  if (last?.segment.case !== 'key' || !SCOPES.has(last.segment.value)) return;
  const matcher = textMatcherOf(condition.value);
  const example = matcher === undefined ? undefined : loosely(matcher);
  if (matcher === undefined || example === undefined) return;
  context.complain({
    code: 'scopeAsText',
    severity: 'warning',
    message: `\`${last.segment.value}\` is a list of words and is compared as one text: ${example}`,
    hint: 'add `normalize_payload_in_metadata: {space_delimited_claims: [scope]}` to the provider and match with `list_match: {one_of: …}`',
    about: matcher,
    envoy: 'accepts',
  });
}

function textMatcherOf(value: ValueMatcher | undefined): StringMatcher | undefined {
  const pattern = value?.matchPattern;
  if (pattern?.case === 'stringMatch') return pattern.value;
  if (pattern?.case !== 'orMatch') return undefined;
  return pattern.value.valueMatchers.map(textMatcherOf).find((matcher) => matcher !== undefined);
}

function loosely({ matchPattern: pattern }: StringMatcher): string | undefined {
  switch (pattern.case) {
    case 'contains':
      return `\`${pattern.value}\` is in \`super${pattern.value}\` too`;
    case 'exact':
      return pattern.value.includes(' ')
        ? undefined
        : `a token with \`${pattern.value}\` and one more word is refused`;
    case 'prefix':
      return `\`${pattern.value}\` is the start of \`${pattern.value}-all\` too`;
    case 'suffix':
      return `\`${pattern.value}\` is the end of \`super${pattern.value}\` too`;
    default:
      return undefined;
  }
}

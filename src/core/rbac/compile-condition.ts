import {
  compileHeaderMatcher,
  compileMetadataMatcher,
  compileStringMatcher,
  compileUriTemplate,
  keysOfPattern,
  type PathKey,
  type Refuse,
  type StringMatcher,
  type StringMatcherConfig,
} from '../match/index.ts';
import { compileAuthenticated, compileSubjectAltName } from './compile-certificate.ts';
import {
  compileAddress,
  compileServerName,
  portCondition,
  portRangeCondition,
} from './compile-connection.ts';
import {
  absentCondition,
  allOf,
  always,
  anyOf,
  type Condition,
  connectionCondition,
  headerCondition,
  metadataCondition,
  not,
  pathCondition,
  type RbacSubject,
  routeMetadataCondition,
  stateCondition,
} from './condition.ts';
import type { AttributeContext } from './expression-attributes.ts';
import type {
  ClientCertificateConfig,
  FilterStateConfig,
  PathMatcherConfig,
  PermissionConfig,
  PrincipalConfig,
  SourcedMetadataConfig,
  UpstreamConfig,
} from './rbac-config.ts';

/** What compiling asks of its surroundings: core knows neither extensions nor who the client is. */
export interface ConditionContext extends AttributeContext {
  refuse: Refuse;
  /** The template in a `uri_template` extension; null for any other extension. */
  pathTemplateOf(extension: object): string | null;
  /** What an `envoy.rbac.matchers.upstream_ip_port` says; null for any other extension. */
  upstreamMatcherOf(extension: object): UpstreamConfig | null;
  /** What an `envoy.rbac.principals.mtls_authenticated` says; null for any other extension. */
  clientCertificateOf(extension: object): ClientCertificateConfig | null;
}

/** Compiles a permission; null where something in it is not done. */
export function compilePermission(config: PermissionConfig, context: ConditionContext): Condition | null {
  const { refuse } = context;
  const { rule } = config;
  switch (rule.case) {
    case 'andRules':
      return group(rule.value.rules, compilePermission, allOf, context);
    case 'orRules':
      return group(rule.value.rules, compilePermission, anyOf, context);
    case 'any':
      return always;
    case 'header': {
      const matcher = compileHeaderMatcher(rule.value, refuse);
      return matcher && headerCondition(matcher);
    }
    case 'urlPath':
      return compilePath(rule.value, context);
    case 'metadata': {
      const matcher = compileMetadataMatcher(rule.value, refuse);
      return matcher && metadataCondition(matcher);
    }
    case 'notRule': {
      const member = compilePermission(rule.value, context);
      return member && not(member);
    }
    case 'destinationIp':
      return compileAddress('local address', rule.value, ({ connection }) => connection.localAddress, refuse);
    case 'destinationPort':
      return portCondition(rule.value);
    case 'destinationPortRange': {
      const { start, end } = rule.value;
      const fault = faultOfRange(start, end);
      if (fault !== null) {
        refuse(fault, rule.value);
        return null;
      }
      return portRangeCondition(start, end);
    }
    case 'requestedServerName':
      return compileServerName(rule.value, refuse);
    case 'sourcedMetadata':
      return compileSourcedMetadata(rule.value, refuse);
    case 'uriTemplate':
      return compileTemplate(config, rule.value, context);
    case 'matcher':
      return compileUpstream(config, rule.value, context);
    case undefined:
      refuse('a permission needs one of its rules', config);
      return null;
  }
}

/** Ports, and the one after the last as an end (Envoy: matchers.cc). */
const PORTS = 65_536;

function faultOfRange(start: number, end: number): string | null {
  if (start < 0 || start > PORTS) return `range start ${start} is out of bounds`;
  if (end < 0 || end > PORTS) return `range end ${end} is out of bounds`;
  return start < end ? null : `range start ${start} cannot be greater than or equal to range end ${end}`;
}

function compileTemplate(
  config: PermissionConfig,
  extension: object,
  { refuse, pathTemplateOf }: ConditionContext,
): Condition | null {
  const template = pathTemplateOf(extension);
  if (template === null) {
    refuse('`uri_template` is of a kind that is not supported', config, 'uri_template', 'accepts');
    return null;
  }
  const compiled = compileUriTemplate(template);
  if ('matcher' in compiled) return pathCondition(compiled.matcher, compiled.matcher.keys);
  refuse(compiled.error, config, 'uri_template');
  return null;
}

/** Compiles a principal; null where something in it is not done. */
export function compilePrincipal(config: PrincipalConfig, context: ConditionContext): Condition | null {
  const { refuse } = context;
  const { identifier } = config;
  switch (identifier.case) {
    case 'andIds':
      return group(identifier.value.ids, compilePrincipal, allOf, context);
    case 'orIds':
      return group(identifier.value.ids, compilePrincipal, anyOf, context);
    case 'any':
      return always;
    case 'header': {
      const matcher = compileHeaderMatcher(identifier.value, refuse);
      return matcher && headerCondition(matcher);
    }
    case 'urlPath':
      return compilePath(identifier.value, context);
    case 'metadata': {
      const matcher = compileMetadataMatcher(identifier.value, refuse);
      return matcher && metadataCondition(matcher);
    }
    case 'notId': {
      const member = compilePrincipal(identifier.value, context);
      return member && not(member);
    }
    case 'sourceIp':
    case 'directRemoteIp':
      return compileAddress(
        'peer address',
        identifier.value,
        ({ connection }) => connection.remoteAddress,
        refuse,
      );
    case 'remoteIp':
      return compileAddress(
        'remote address',
        identifier.value,
        (subject) => context.remotePeerOf(subject).address,
        refuse,
      );
    case 'authenticated':
      return compileAuthenticated(identifier.value, refuse);
    case 'sourcedMetadata':
      return compileSourcedMetadata(identifier.value, refuse);
    case 'filterState':
      return compileFilterState(identifier.value, refuse);
    case 'custom':
      return compileClientCertificate(config, identifier.value, context);
    case undefined:
      refuse('a principal needs one of its identifiers', config);
      return null;
  }
}

function group<Config extends object>(
  configs: readonly Config[],
  compile: (config: Config, context: ConditionContext) => Condition | null,
  combine: (members: readonly Condition[], origins: readonly Config[]) => Condition,
  context: ConditionContext,
): Condition | null {
  const members = configs.map((config) => compile(config, context));
  return members.includes(null) ? null : combine(members as Condition[], configs);
}

function compilePath(config: PathMatcherConfig, { refuse }: ConditionContext): Condition | null {
  if (config.rule.case === undefined) {
    refuse('`url_path` needs a `path`', config);
    return null;
  }
  const matcher = compileStringMatcher(config.rule.value, refuse);
  return matcher && pathCondition(matcher, keysOfText(config.rule.value, matcher));
}

/** What an index finds a matcher of paths by. */
function keysOfText(
  { matchPattern }: StringMatcherConfig,
  { plain }: StringMatcher,
): readonly PathKey[] | null {
  if (matchPattern.case === 'safeRegex') return keysOfPattern(matchPattern.value.regex);
  if (plain?.kind !== 'exact' && plain?.kind !== 'prefix') return null;
  return [{ kind: plain.kind, text: plain.text, ignoreCase: plain.ignoreCase }];
}

const ROUTE_SOURCE = 1;

function compileSourcedMetadata(
  { metadataMatcher, metadataSource }: SourcedMetadataConfig,
  refuse: Refuse,
): Condition | null {
  const matcher = metadataMatcher === undefined ? null : compileMetadataMatcher(metadataMatcher, refuse);
  if (matcher === null) return null;
  return metadataSource === ROUTE_SOURCE ? routeMetadataCondition(matcher) : metadataCondition(matcher);
}

/** All that filters leave are texts; only an object of the kind of addresses is matched as one (Envoy: matchers.cc). */
function compileFilterState({ key, matcher }: FilterStateConfig, refuse: Refuse): Condition | null {
  if (matcher.case === 'stringMatch') {
    const text = compileStringMatcher(matcher.value, refuse);
    return text && stateCondition(key, text);
  }
  const ranges = (matcher.value?.ranges ?? []).map((range) =>
    compileAddress(`filter state ${key}`, range, () => '', refuse),
  );
  if (ranges.includes(null)) return null;
  const missing = `no filter of this chain leaves an address as "${key}" in the filter state`;
  return absentCondition(`filter state ${key} to be an address of some ranges`, missing);
}

/** The upstream's address is known before the router only to a forward proxy, which is not done (Envoy: upstream_ip_port.cc). */
function compileUpstream(
  config: PermissionConfig,
  extension: object,
  { refuse, upstreamMatcherOf }: ConditionContext,
): Condition | null {
  const upstream = upstreamMatcherOf(extension);
  if (upstream === null) {
    refuse('a `matcher` other than `upstream_ip_port` is not known', config, 'matcher');
    return null;
  }
  if (upstream.upstreamIp === undefined && upstream.upstreamPortRange === undefined) {
    refuse('`upstream_ip_port` needs `upstream_ip` or `upstream_port_range`', config, 'matcher');
    return null;
  }
  if (upstream.upstreamIp && compileAddress('upstream', upstream.upstreamIp, () => '', refuse) === null)
    return null;
  return absentCondition(
    'an upstream address in a range',
    'no filter of this chain chooses the upstream before the router',
  );
}

/** A client certificate that was verified, with the alternative name that is wanted if one is (Envoy: mtls_authenticated.cc). */
function compileClientCertificate(
  config: PrincipalConfig,
  extension: object,
  { refuse, clientCertificateOf }: ConditionContext,
): Condition | null {
  const wanted = clientCertificateOf(extension);
  if (wanted === null) {
    refuse('a `custom` principal other than `mtls_authenticated` is not known', config, 'custom');
    return null;
  }
  if (wanted.sanMatcher !== undefined) return compileSubjectAltName(wanted.sanMatcher, refuse);
  if (!wanted.anyValidatedClientCertificate) {
    refuse(
      '`mtls_authenticated` needs `san_matcher` or `any_validated_client_certificate: true`',
      config,
      'custom',
    );
    return null;
  }
  const read = ({ connection }: RbacSubject) => connection.peer?.subject;
  return connectionCondition('client certificate', 'verified', read, (subject) => subject !== undefined);
}

import {
  compileHeaderMatcher,
  compileMetadataMatcher,
  compileStringMatcher,
  compileUriTemplate,
  createIpRange,
  type Refuse,
  type StringMatcherConfig,
  toByteString,
} from '../match/index.ts';
import {
  addressCondition,
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
} from './condition.ts';
import type { CidrConfig, PathMatcherConfig, PermissionConfig, PrincipalConfig } from './rbac-config.ts';

export interface ConditionContext {
  refuse: Refuse;
  /** The client's address as the connection manager sees it, which a forwarded-for header may have a say in. */
  remoteAddressOf(subject: RbacSubject): string;
  /** The template in a `uri_template` extension; null for any other extension. */
  pathTemplateOf(extension: object): string | null;
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
      return compileAddress(
        'local address',
        rule.value,
        ({ connection }) => connection.localAddress,
        context,
      );
    case 'destinationPort':
      return portCondition(String(rule.value), (port) => port === rule.value);
    case 'destinationPortRange': {
      const { start, end } = rule.value;
      return portCondition(`in [${start}, ${end})`, (port) => port >= start && port < end);
    }
    case 'requestedServerName': {
      const matcher = compileStringMatcher(rule.value, refuse);
      if (matcher === null) return null;
      const read = ({ connection }: RbacSubject) => connection.serverName;
      return connectionCondition('server name', matcher.wants, read, (name) => matcher.matches(name));
    }
    case 'uriTemplate':
      return compileTemplate(config, rule.value, context);
    case 'matcher':
      refuse('the permission `matcher` is not supported', config, 'matcher', 'accepts');
      return null;
    case undefined:
      refuse('a permission needs one of its rules', config);
      return null;
  }
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
  if ('matcher' in compiled) return pathCondition(compiled.matcher);
  refuse(compiled.error, config, 'uri_template', compiled.envoy);
  return null;
}

function portCondition(wants: string, test: (port: number) => boolean): Condition {
  return connectionCondition('local port', wants, ({ connection }) => connection.localPort, test);
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
        context,
      );
    case 'remoteIp':
      return compileAddress('remote address', identifier.value, context.remoteAddressOf, context);
    case 'authenticated':
      return compileAuthenticated(identifier.value, context);
    case 'filterState':
      refuse('the principal `filter_state` is not supported', config, 'filter_state', 'accepts');
      return null;
    case undefined:
      refuse('a principal needs one of its identifiers', config);
      return null;
  }
}

/**
 * A name is looked for among the client certificate's URI names, its DNS names and its subject. Without one any TLS connection will
 * do, with or without a client certificate (Envoy: matchers.cc, AuthenticatedMatcher).
 */
function compileAuthenticated(
  { principalName }: { principalName?: StringMatcherConfig | undefined },
  { refuse }: ConditionContext,
): Condition | null {
  if (principalName === undefined) {
    return connectionCondition(
      'TLS',
      'true',
      ({ connection }) => connection.tls,
      (tls) => tls,
    );
  }
  const matcher = compileStringMatcher(principalName, refuse);
  if (matcher === null) return null;
  const read = ({ connection }: RbacSubject) => namesOf(connection);
  return connectionCondition('client certificate', matcher.wants, read, (names) =>
    names.some((name) => matcher.matches(toByteString(name))),
  );
}

/** A TLS connection without a client certificate has an empty subject; one without TLS has no name at all. */
function namesOf({ tls, peer }: RbacSubject['connection']): readonly string[] {
  if (!tls) return [];
  return peer ? [...peer.uriNames, ...peer.dnsNames, peer.subject] : [''];
}

function group<Config>(
  configs: readonly Config[],
  compile: (config: Config, context: ConditionContext) => Condition | null,
  combine: (members: readonly Condition[]) => Condition,
  context: ConditionContext,
): Condition | null {
  const members = configs.map((config) => compile(config, context));
  return members.includes(null) ? null : combine(members as Condition[]);
}

function compilePath(config: PathMatcherConfig, { refuse }: ConditionContext): Condition | null {
  if (config.rule.case === undefined) {
    refuse('`url_path` needs a `path`', config);
    return null;
  }
  const matcher = compileStringMatcher(config.rule.value, refuse);
  return matcher && pathCondition(matcher);
}

function compileAddress(
  name: string,
  config: CidrConfig,
  read: (subject: RbacSubject) => string,
  { refuse }: ConditionContext,
): Condition | null {
  const range = createIpRange(config.addressPrefix, config.prefixLen);
  if (range === null) {
    refuse(`malformed IP address: \`${config.addressPrefix}\``, config, 'address_prefix');
    return null;
  }
  return addressCondition(name, range, read);
}

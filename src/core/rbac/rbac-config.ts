import type { HeaderMatcherConfig, MetadataMatcherConfig, StringMatcherConfig } from '../match/index.ts';
import type { ExpressionConfig } from './expression-config.ts';
import type { ExpressionOptions } from './expression-functions.ts';

/** The shapes of `envoy.config.rbac.v3`, as far as they are looked at. */
export interface RbacConfig {
  action: number;
  policies: { [name: string]: PolicyConfig };
}

/** The shape of `envoy.config.rbac.v3.Policy`. */
export interface PolicyConfig {
  permissions: PermissionConfig[];
  principals: PrincipalConfig[];
  condition?: ExpressionConfig | undefined;
  /** Not looked at. */
  checkedCondition?: { expr?: ExpressionConfig | undefined } | undefined;
  celConfig?: ExpressionOptions | undefined;
}

/** The shape of `envoy.config.core.v3.CidrRange`. */
export interface CidrConfig {
  addressPrefix: string;
  prefixLen?: number | undefined;
}

/** The shape of `envoy.type.matcher.v3.PathMatcher`. */
export interface PathMatcherConfig {
  rule: { case: 'path'; value: StringMatcherConfig } | { case: undefined; value?: undefined };
}

/** Metadata of the stream, or of the route (`envoy.config.rbac.v3.MetadataSource`). */
export interface SourcedMetadataConfig {
  metadataMatcher?: MetadataMatcherConfig | undefined;
  metadataSource: number;
}

/** The shape of `envoy.type.matcher.v3.FilterStateMatcher`. */
export interface FilterStateConfig {
  key: string;
  matcher:
    | { case: 'stringMatch'; value: StringMatcherConfig }
    | { case: 'addressMatch'; value: { ranges: CidrConfig[] } }
    | Unset;
}

/** The shape of `envoy.rbac.matchers.upstream_ip_port`. */
export interface UpstreamConfig {
  upstreamIp?: CidrConfig | undefined;
  upstreamPortRange?: object | undefined;
}

/** The shape of `envoy.rbac.principals.mtls_authenticated`. */
export interface ClientCertificateConfig {
  sanMatcher?: { sanType: number; matcher?: StringMatcherConfig | undefined } | undefined;
  anyValidatedClientCertificate: boolean;
}

type Unset = { case: undefined; value?: undefined };

/** The shape of `envoy.config.rbac.v3.Permission`. */
export interface PermissionConfig {
  rule:
    | { case: 'andRules' | 'orRules'; value: { rules: PermissionConfig[] } }
    | { case: 'any'; value: boolean }
    | { case: 'header'; value: HeaderMatcherConfig }
    | { case: 'urlPath'; value: PathMatcherConfig }
    | { case: 'destinationIp'; value: CidrConfig }
    | { case: 'destinationPort'; value: number }
    | { case: 'destinationPortRange'; value: { start: number; end: number } }
    | { case: 'metadata'; value: MetadataMatcherConfig }
    | { case: 'sourcedMetadata'; value: SourcedMetadataConfig }
    | { case: 'notRule'; value: PermissionConfig }
    | { case: 'requestedServerName'; value: StringMatcherConfig }
    | { case: 'matcher' | 'uriTemplate'; value: object }
    | Unset;
}

/** The shape of `envoy.config.rbac.v3.Principal`. */
export interface PrincipalConfig {
  identifier:
    | { case: 'andIds' | 'orIds'; value: { ids: PrincipalConfig[] } }
    | { case: 'any'; value: boolean }
    | { case: 'authenticated'; value: { principalName?: StringMatcherConfig | undefined } }
    | { case: 'sourceIp' | 'directRemoteIp' | 'remoteIp'; value: CidrConfig }
    | { case: 'header'; value: HeaderMatcherConfig }
    | { case: 'urlPath'; value: PathMatcherConfig }
    | { case: 'metadata'; value: MetadataMatcherConfig }
    | { case: 'sourcedMetadata'; value: SourcedMetadataConfig }
    | { case: 'filterState'; value: FilterStateConfig }
    | { case: 'custom'; value: object }
    | { case: 'notId'; value: PrincipalConfig }
    | Unset;
}

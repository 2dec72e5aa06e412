import { create } from '@bufbuild/protobuf';
import { DurationSchema } from '@bufbuild/protobuf/wkt';
import type { Cluster } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import { JwksAsyncFetchSchema } from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { JWTRule } from '#schema/istio/security_pb.js';
import type { Findings } from '../../../resources/index.ts';
import { FAIL_CLOSED_JWKS, inlineJwks } from '../authn/istiod-jwks.ts';
import { type JwksResolver, type JwksSource, jwksHost, remoteJwks } from '../authn/jwks.ts';
import { ISTIO_CODES } from '../codes.ts';
import type { Lineage } from '../lineage.ts';
import { outboundCluster } from '../services.ts';
import { bareHost } from './parse-origin.ts';
import { originCluster } from './upstream-cluster.ts';

/** The cluster of an issuer's discovery document is named so: what is fetched through it names the address of the keys. */
const DISCOVERY_CLUSTER = 'discovery|';
const DISCOVERY_PATH = '/.well-known/openid-configuration';
const FAILED_REFETCH_SECONDS = 60n;

/** The cluster through which what is at `uri` is fetched; null where it names no host. */
export function buildKeyCluster(uri: string, before = ''): Cluster | null {
  const address = jwksHost(uri);
  if (address === null || address.host === '' || address.port < 1 || address.port > 65535) return null;
  const origin = { ...address, host: bareHost(address.host) };
  const name = `${before}${outboundCluster(origin.host, origin.port)}${address.tls ? '|tls' : ''}`;
  return originCluster(name, origin);
}

/**
 * Inline keys as they are; an address is fetched by the gate itself, through a cluster that is made for its host, ahead of requests
 * and again before it gets old; keys stay in use while their server fails. A rule with neither asks its issuer for the address.
 * Where keys cannot be had no token passes, and the reply says that they could not be fetched (istio.md §2.5).
 */
export class DirectJwks implements JwksResolver {
  readonly clusters = new Map<string, Cluster>();
  readonly #findings: Findings;
  readonly #lineage: Lineage;
  readonly #discovers: boolean;

  /** @param discovers whether who runs the result can read a discovery document */
  constructor(findings: Findings, lineage: Lineage, discovers: boolean) {
    this.#findings = findings;
    this.#lineage = lineage;
    this.#discovers = discovers;
  }

  resolve(rule: JWTRule): JwksSource {
    if (rule.jwks) return inlineJwks(rule.jwks);
    if (rule.jwksUri) return this.#remote(rule, 'jwks_uri', rule.jwksUri) ?? this.#refuse(rule, rule.jwksUri);
    return this.#discover(rule);
  }

  #discover(rule: JWTRule): JwksSource {
    const issuer = rule.issuer ?? '';
    const uri = `${issuer.replace(/\/$/, '')}${DISCOVERY_PATH}`;
    const remote = this.#discovers ? this.#remote(rule, 'issuer', uri, DISCOVERY_CLUSTER) : null;
    if (remote !== null) return remote;
    const hint = `write the \`jwks_uri\` of ${uri} as \`jwksUri\``;
    this.#findings.report({
      code: ISTIO_CODES.keysNotFetched,
      severity: 'warning',
      message: this.#discovers
        ? `\`${issuer}\` is no address to ask for keys: every token of this rule is refused`
        : 'keys by discovery are nothing that an Envoy can do: every token of this rule is refused',
      hint,
      envoy: 'accepts',
      about: rule,
      field: 'issuer',
    });
    return inlineJwks(FAIL_CLOSED_JWKS);
  }

  #remote(rule: JWTRule, field: string, uri: string, before = ''): JwksSource | null {
    const cluster = buildKeyCluster(uri, before);
    if (cluster === null) return null;
    const { name } = cluster;
    if (!this.clusters.has(name)) this.clusters.set(name, this.#lineage.inherit(cluster, rule, field));
    const value = remoteJwks({ ...rule, jwksUri: uri }, name);
    value.asyncFetch = create(JwksAsyncFetchSchema, {
      failedRefetchDuration: create(DurationSchema, { seconds: FAILED_REFETCH_SECONDS }),
    });
    return { case: 'remoteJwks', value: this.#lineage.inherit(value, rule, field) };
  }

  /** The configuration does not run; should it run all the same, no token passes. */
  #refuse(rule: JWTRule, uri: string): JwksSource {
    this.#findings.report({
      code: ISTIO_CODES.noJwksHost,
      severity: 'error',
      message: `\`${uri}\` names no host to fetch keys from`,
      envoy: 'accepts',
      about: rule,
      field: 'jwks_uri',
    });
    return inlineJwks(FAIL_CLOSED_JWKS);
  }
}

import type { Cluster } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import type { JWTRule } from '#schema/istio/security_pb.js';
import type { Findings } from '../../../resources/index.ts';
import { FAIL_CLOSED_JWKS, inlineJwks } from '../authn/istiod-jwks.ts';
import { type JwksResolver, type JwksSource, jwksHost, remoteJwks } from '../authn/jwks.ts';
import { ISTIO_CODES } from '../codes.ts';
import type { Lineage } from '../lineage.ts';
import { outboundCluster } from '../services.ts';
import { bareHost } from './parse-origin.ts';
import { originCluster } from './upstream-cluster.ts';

/** Inline keys as they are; an address is fetched by the gate itself, through a cluster that is made for its host. */
export class DirectJwks implements JwksResolver {
  readonly clusters = new Map<string, Cluster>();
  readonly #findings: Findings;
  readonly #lineage: Lineage;

  constructor(findings: Findings, lineage: Lineage) {
    this.#findings = findings;
    this.#lineage = lineage;
  }

  resolve(rule: JWTRule): JwksSource {
    if (rule.jwks) return inlineJwks(rule.jwks);
    if (rule.jwksUri) return this.#remote(rule, rule.jwksUri);
    const hint = `write the \`jwks_uri\` of ${rule.issuer ?? ''}/.well-known/openid-configuration as \`jwksUri\``;
    return this.#refuse(rule, 'issuer', ISTIO_CODES.noDiscovery, 'keys by discovery are not done yet', hint);
  }

  #remote(rule: JWTRule, uri: string): JwksSource {
    const address = jwksHost(uri);
    if (address === null || address.host === '' || address.port < 1 || address.port > 65535) {
      return this.#refuse(
        rule,
        'jwks_uri',
        ISTIO_CODES.noJwksHost,
        `\`${uri}\` names no host to fetch keys from`,
      );
    }
    const origin = { ...address, host: bareHost(address.host) };
    const name = `${outboundCluster(origin.host, origin.port)}${address.tls ? '|tls' : ''}`;
    if (!this.clusters.has(name)) {
      this.clusters.set(name, this.#lineage.inherit(originCluster(name, origin), rule, 'jwks_uri'));
    }
    const value = this.#lineage.inherit(remoteJwks(rule, name), rule, 'jwks_uri');
    return { case: 'remoteJwks', value };
  }

  /** The configuration does not run; should it run all the same, no token passes. */
  #refuse(rule: JWTRule, field: string, code: string, message: string, hint?: string): JwksSource {
    this.#findings.report({ code, severity: 'error', message, hint, envoy: 'accepts', about: rule, field });
    return inlineJwks(FAIL_CLOSED_JWKS);
  }
}

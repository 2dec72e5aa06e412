import { create } from '@bufbuild/protobuf';
import { DataSourceSchema } from '#schema/envoy/config/core/v3/base_pb.js';
import type { JWTRule } from '#schema/istio/security_pb.js';
import { outboundCluster, type Services } from '../services.ts';
import { type JwksResolver, type JwksSource, jwksHost, remoteJwks } from './jwks.ts';

/** Who fetches keys: istiod, which pushes them inline; Envoy where the address is a known service; always Envoy. */
export type RemoteJwksMode = 'istiod' | 'hybrid' | 'envoy';

export interface IstiodJwksOptions {
  mode: RemoteJwksMode;
  services: Services;
  /** What istiod finds at an address; null when the fetch fails. */
  fetch(uri: string): string | null;
}

/**
 * Pushed where keys could not be fetched, so that no token passes: a valid RSA key whose private half was thrown away, without
 * `kid` (istio.md §2.5). Any token then gets `Jwt verification fails`.
 */
export const FAIL_CLOSED_JWKS = `{
  "keys": [
    {
      "kty": "RSA",
      "e": "AQAB",
      "n": "0xObjM0UvS_oaazjpEYlAbwctEJ4L8pH3OuTb7qth7gUwqet-EzQB4dgFdvSdMgrLnSncQGRjpEYz3F3viIbH-3EN3TxSlPNviHxeOdyiBVfumN8dMxbLvVJUpfNOnvmMxJcl-8NNjAwcOjk4otSALaYgYYyOPyvKtgVdrQr-FoubWX4yrjxW-MJ2-7OBeepUUNOsVwGV23YX03sVkkyvY3otRflkBcY3_HKpBxJl9wk2GyOShN4_PNUF9-vwfnvOXMbCDX-w4PTef4geeb_GiT40YCKHTKMSPVanGRn5GExIWmki-mmqh94-mPTJyBR74ShspL3BxPZitDL574T1w"
    }
  ]
}`;

/** Resolves keys as istiod does: inline keys win unless Envoy is to fetch, then the address, then discovery by the issuer. */
export function istiodJwks(options: IstiodJwksOptions): JwksResolver {
  return {
    resolve: (rule) => remoteSource(rule, options) ?? inlineJwks(rule.jwks || fetched(rule, options.fetch)),
  };
}

export function inlineJwks(text: string): JwksSource {
  const value = create(DataSourceSchema, { specifier: { case: 'inlineString', value: text } });
  return { case: 'localJwks', value };
}

function remoteSource(rule: JWTRule, { mode, services }: IstiodJwksOptions): JwksSource | null {
  if (mode === 'istiod' || !rule.jwksUri) return null;
  const address = jwksHost(rule.jwksUri);
  if (address === null) return null;
  if (mode === 'hybrid' && !services.hasPort(address.host, address.port)) return null;
  return {
    case: 'remoteJwks',
    value: remoteJwks(rule, outboundCluster(address.host, address.port)),
  };
}

function fetched(rule: JWTRule, fetch: (uri: string) => string | null): string {
  const uri = rule.jwksUri ? rule.jwksUri : discovered(rule.issuer ?? '', fetch);
  return (uri === null ? null : fetch(uri)) ?? FAIL_CLOSED_JWKS;
}

/** OpenID Connect Discovery 1.0 §4: the issuer's own document names its keys. */
function discovered(issuer: string, fetch: (uri: string) => string | null): string | null {
  const document = fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  if (document === null) return null;
  try {
    const uri = (JSON.parse(document) as { jwks_uri?: unknown }).jwks_uri;
    return typeof uri === 'string' && uri !== '' ? uri : null;
  } catch {
    return null;
  }
}

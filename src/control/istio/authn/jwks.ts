import { create } from '@bufbuild/protobuf';
import { DurationSchema } from '@bufbuild/protobuf/wkt';
import {
  type JwtProvider,
  type RemoteJwks,
  RemoteJwksSchema,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { JWTRule } from '#schema/istio/security_pb.js';
import { durationOf, parseGoDuration } from '../go-duration.ts';

export type JwksSource = JwtProvider['jwksSourceSpecifier'];

/** Where a rule's keys come from. Several ways exist to get at them; the translation does not care which. */
export interface JwksResolver {
  resolve(rule: JWTRule): JwksSource;
}

/** How long Envoy keeps keys that it fetched itself. */
const CACHE_SECONDS = 300n;
const DEFAULT_TIMEOUT_NS = 5_000_000_000n;

/** Keys that the proxy fetches by itself through `cluster`. */
export function remoteJwks(rule: JWTRule, cluster: string): RemoteJwks {
  const timeout = rule.timeout === undefined ? null : parseGoDuration(rule.timeout);
  return create(RemoteJwksSchema, {
    httpUri: {
      uri: rule.jwksUri ?? '',
      timeout: durationOf(timeout ?? DEFAULT_TIMEOUT_NS),
      httpUpstreamType: { case: 'cluster', value: cluster },
    },
    cacheDuration: create(DurationSchema, { seconds: CACHE_SECONDS }),
  });
}

/** The pieces of a key set's address that name its host. A missing port is the scheme's. */
export function jwksHost(uri: string): { tls: boolean; host: string; port: number } | null {
  const match = /^(https?):\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d*))?(?:[/?#]|$)/i.exec(uri);
  if (match === null) return null;
  const tls = (match[1] as string).toLowerCase() === 'https';
  const port = match[3] === undefined || match[3] === '' ? (tls ? 443 : 80) : Number(match[3]);
  return { tls, host: match[2] as string, port };
}

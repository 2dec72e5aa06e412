import { createTokenSigner } from '../../e2e/token-signer.ts';
import { type Case, jwtAuthn, type Scene } from './scene.ts';

/** Names whose repeated lines Envoy joins, and some that it keeps apart: what a rule sees of them must be the same. */
const NAMES =
  'accept accept-encoding accept-language access-control-request-headers access-control-request-method access-control-request-private-network authorization cache-control cdn-loop content-encoding content-language content-type cookie date dpop early-data etag expires forwarded from grpc-accept-encoding grpc-encoding grpc-message grpc-status grpc-timeout if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards origin pragma priority proxy-authorization proxy-status range referer server set-cookie traceparent tracestate user-agent vary via x-api-key x-b3-traceid x-client-trace-id x-custom x-envoy-attempt-count x-envoy-decorator-operation x-envoy-downstream-service-cluster x-envoy-downstream-service-node x-envoy-external-address x-envoy-force-trace x-envoy-internal x-envoy-ip-tags x-envoy-is-timeout-retry x-envoy-max-retries x-envoy-original-dst-host x-envoy-original-host x-envoy-original-path x-envoy-retry-on x-envoy-upstream-rq-timeout-ms x-forwarded-client-cert x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto x-ot-span-context x-real-ip x-request-id'.split(
    ' ',
  );

export const joinedScenes: Scene[] = [
  {
    name: 'joined',
    filters: [
      jwtAuthn({
        providers: { p: { local_jwks: { inline_string: createTokenSigner('ES256').jwks } } },
        rules: NAMES.flatMap((name) =>
          ['a,b', 'b'].map((exact) => ({
            match: { prefix: `/${exact}`, headers: [{ name, string_match: { exact } }] },
            requires: { provider_name: 'p' },
          })),
        ),
      }),
    ],
  },
];

export const joinedCases: Case[] = NAMES.flatMap((name) =>
  ['a,b', 'b'].map((value) => ({
    name: `two lines of ${name}, asked for ${value}`,
    scene: 'joined',
    request: {
      path: `/${value}`,
      headers: [
        [name, 'a'],
        [name, 'b'],
      ],
    },
  })),
);

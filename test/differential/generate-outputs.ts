import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import { CLAIM_PATHS, wordsOf } from './words.ts';

const OUTPUT_HEADERS = ['x-payload', 'x-sub', 'x-role', 'X-Claim', 'x-user', 'x-a', 'x-nested', 'accept'];
/** Names that Envoy has a place of their own for, or that stand for something else. */
export const ODD_OUTPUT_HEADERS = wordsOf(`
  Accept User-Agent x-envoy-original-path X-Envoy-Original-Path content-type referer origin via
  x-forwarded-for x-forwarded-proto X-Forwarded-Host x-request-id x-envoy-internal authorization
  x-envoy-decorator-operation x-envoy-external-address x-envoy-retry-on x-forwarded-client-cert cookie
  date server etag location set-cookie www-authenticate range forwarded x_under if-none-match
  grpc-timeout access-control-request-method cache-control x-envoy-attempt-count
`);

export function generateOutputs(
  choose: Choose,
  outputs: string[],
  payloadKey: string | undefined,
): JsonObject {
  const output = () => {
    const name = choose.pick(choose.chance(0.12) ? ODD_OUTPUT_HEADERS : OUTPUT_HEADERS);
    outputs.push(name);
    return name;
  };
  return {
    ...choose.field(0.35, 'forward_payload_header', output),
    ...choose.field(0.2, 'pad_forward_payload_header', () => true),
    ...choose.field<Json>(0.4, 'claim_to_headers', () =>
      choose.list(1, 4, () => ({ header_name: output(), ...generateClaim(choose) })),
    ),
    ...(payloadKey === undefined ? {} : { payload_in_metadata: payloadKey }),
    ...choose.field(0.2, 'header_in_metadata', () => choose.pick(['header', payloadKey ?? 'p'])),
    ...choose.field(0.25, 'failed_status_in_metadata', () => 'failed'),
    ...choose.field<Json>(payloadKey === undefined ? 0.02 : 0.2, 'normalize_payload_in_metadata', () => ({
      space_delimited_claims: choose.some(1, 3, ['scope', 'role', 'groups', 'missing']),
    })),
  };
}

function generateClaim(choose: Choose): JsonObject {
  const path = choose.pick(CLAIM_PATHS);
  return choose.chance(0.8) ? { claim_name: path.join('.') } : { claim_path: path.map((key) => ({ key })) };
}

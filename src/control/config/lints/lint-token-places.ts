import type {
  JwtAuthentication,
  JwtProvider,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { CheckContext } from '../checks/check-context.ts';
import type { JwtFilter } from './jwt-filters.ts';

/** L01 and L02: the token read together with the word in front of it; two things for one header. */
export function lintTokenPlaces({ jwt }: JwtFilter, context: CheckContext): void {
  for (const [name, provider] of Object.entries(jwt.providers)) {
    lintPrefix(provider, context);
    lintPayloadHeader(name, provider, jwt, context);
  }
}

function lintPrefix({ fromHeaders }: JwtProvider, context: CheckContext): void {
  for (const header of fromHeaders) {
    const { name, valuePrefix } = header;
    if (name.toLowerCase() !== 'authorization' || context.isBroken(header, 'value_prefix')) continue;
    if (valuePrefix.endsWith(' ')) continue;
    context.complain({
      code: 'bearerRead',
      severity: 'warning',
      message:
        valuePrefix === ''
          ? 'the whole `Authorization` header is taken for a token, the word Bearer with it'
          : `the token is what follows \`${valuePrefix}\`, so it starts with a space`,
      hint: 'write `value_prefix: "Bearer "`, with the space',
      about: header,
      field: valuePrefix === '' ? 'name' : 'value_prefix',
      envoy: 'accepts',
    });
  }
}

/** The payload takes the place of the token that is to be forwarded. */
function lintPayloadHeader(
  name: string,
  provider: JwtProvider,
  jwt: JwtAuthentication,
  context: CheckContext,
): void {
  const { forward, forwardPayloadHeader, fromHeaders } = provider;
  const header = forwardPayloadHeader.toLowerCase();
  const places =
    fromHeaders.length > 0 ? fromHeaders.map((one) => one.name.toLowerCase()) : ['authorization'];
  if (!forward || header === '' || !places.includes(header)) return;
  context.complain({
    code: 'forwardConflict',
    severity: 'warning',
    message: `provider \`${name}\` forwards the token and writes the payload into one header, \`${forwardPayloadHeader}\``,
    hint: 'write the payload into a header of its own, such as `x-jwt-payload`',
    about: jwt.providers[name] as JwtProvider,
    field: 'forward_payload_header',
    envoy: 'accepts',
  });
}

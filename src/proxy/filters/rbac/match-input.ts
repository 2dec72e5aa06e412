import {
  DestinationIPInputSchema,
  DestinationPortInputSchema,
  ServerNameInputSchema,
} from '#schema/envoy/extensions/matching/common_inputs/network/v3/network_inputs_pb.js';
import { HttpRequestHeaderMatchInputSchema } from '#schema/envoy/type/matcher/v3/http_inputs_pb.js';
import type { TypedExtensionConfig } from '#schema/xds/core/v3/extension_pb.js';
import { lowerAscii, type Refuse } from '../../../core/match/index.ts';
import type { RbacSubject } from '../../../core/rbac/index.ts';
import { typeNameOf, unpackAny } from '../../../resources/index.ts';

/** Reads what a matcher looks at, as a byte string; undefined where there is nothing. */
export type MatchInput = (subject: RbacSubject) => string | undefined;

export function compileMatchInput(
  input: TypedExtensionConfig | undefined,
  refuse: Refuse,
): MatchInput | null {
  const any = input?.typedConfig;
  const type = any === undefined ? '' : typeNameOf(any);
  switch (type) {
    case HttpRequestHeaderMatchInputSchema.typeName:
      return headerInput(lowerAscii(unpackAny(HttpRequestHeaderMatchInputSchema, any as never).headerName));
    case DestinationIPInputSchema.typeName:
      return ({ connection }) => connection.localAddress;
    case DestinationPortInputSchema.typeName:
      return ({ connection }) => String(connection.localPort);
    case ServerNameInputSchema.typeName:
      return ({ connection }) => connection.serverName || undefined;
    default:
      refuse(`the matcher input \`${type}\` is not supported`, input ?? {}, 'typed_config', 'accepts');
      return null;
  }
}

/** All lines of a header, joined. */
function headerInput(name: string): MatchInput {
  return ({ request }) => {
    switch (name) {
      case ':path':
        return request.path;
      case ':method':
        return request.method;
      case ':authority':
      case 'host':
        return request.authority;
      case ':scheme':
        return request.scheme;
    }
    const { names, values } = request.headers;
    const lines = values.filter((_, index) => names[index] === name);
    return lines.length === 0 ? undefined : lines.join(',');
  };
}

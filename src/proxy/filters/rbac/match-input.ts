import {
  DestinationIPInputSchema,
  DestinationPortInputSchema,
  DirectSourceIPInputSchema,
  DynamicMetadataInputSchema,
  FilterStateInputSchema,
  NetworkNamespaceInputSchema,
  ServerNameInputSchema,
  SourceIPInputSchema,
  SourcePortInputSchema,
} from '#schema/envoy/extensions/matching/common_inputs/network/v3/network_inputs_pb.js';
import {
  DnsSanInputSchema,
  SubjectInputSchema,
  UriSanInputSchema,
} from '#schema/envoy/extensions/matching/common_inputs/ssl/v3/ssl_inputs_pb.js';
import { HttpRequestHeaderMatchInputSchema } from '#schema/envoy/type/matcher/v3/http_inputs_pb.js';
import type { TypedExtensionConfig } from '#schema/xds/core/v3/extension_pb.js';
import { HttpAttributesCelMatchInputSchema } from '#schema/xds/type/matcher/v3/http_inputs_pb.js';
import {
  findMetadata,
  joinedLines,
  lowerAscii,
  type MatchedValue,
  pseudoHeader,
  type Refuse,
  toByteString,
} from '../../../core/match/index.ts';
import type { AttributeContext, RbacSubject } from '../../../core/rbac/index.ts';
import { typeNameOf, unpackAny } from '../../../resources/index.ts';

/** Not to be had of this exchange. What hangs on it is undecided, and of what is undecided nothing is allowed. */
export const UNAVAILABLE: unique symbol = Symbol('unavailable');
export type Unavailable = typeof UNAVAILABLE;

/** What a matcher looks at. */
export type MatchInput = ReadInput | { kind: 'attributes'; name: string };

/** What is read as one value. Only texts can be looked up in trees. */
export type ReadInput =
  | TextInput
  | { kind: 'metadata'; name: string; read(subject: RbacSubject): MatchedValue | undefined };

interface TextInput {
  kind: 'text';
  name: string;
  read: ReadText;
  /** Its text may be a credential, whatever its name. */
  isHidden: boolean;
}

/** Byte strings; undefined where there is nothing. */
export type ReadText = (subject: RbacSubject) => string | undefined | Unavailable;

/** What compiling a matcher asks of its surroundings. */
export interface MatchContext extends AttributeContext {
  refuse: Refuse;
  /** There is no request to look at, as for a network filter. */
  connectionOnly?: true;
}

/** Compiles a matcher's input; null after an error (Envoy: rbac_filter.cc, ActionValidationVisitor). */
export function compileMatchInput(
  input: TypedExtensionConfig | undefined,
  { refuse, remotePeerOf, connectionOnly }: MatchContext,
): MatchInput | null {
  const any = input?.typedConfig;
  const type = any === undefined ? '' : typeNameOf(any);
  if (connectionOnly && OF_REQUESTS.has(type)) {
    refuse(`a network filter cannot match by the input \`${type}\``, input ?? {}, 'typed_config');
    return null;
  }
  switch (type) {
    case HttpRequestHeaderMatchInputSchema.typeName:
      return headerInput(unpackAny(HttpRequestHeaderMatchInputSchema, any as never).headerName);
    case DestinationIPInputSchema.typeName:
      return text('local address', ({ connection }) => connection.localAddress);
    case DestinationPortInputSchema.typeName:
      return text('local port', ({ connection }) => String(connection.localPort));
    case SourceIPInputSchema.typeName:
      return text('remote address', (subject) => remotePeerOf(subject).address);
    case SourcePortInputSchema.typeName:
      return text('remote port', (subject) => String(remotePeerOf(subject).port));
    case DirectSourceIPInputSchema.typeName:
      return text('peer address', ({ connection }) => connection.remoteAddress);
    case ServerNameInputSchema.typeName:
      return text('server name', ({ connection }) => connection.serverName || undefined);
    case UriSanInputSchema.typeName:
      return certificateInput('URI names', ({ uriNames }) => uriNames);
    case DnsSanInputSchema.typeName:
      return certificateInput('DNS names', ({ dnsNames }) => dnsNames);
    case SubjectInputSchema.typeName:
      return certificateInput('subject', ({ subject }) => [subject]);
    case NetworkNamespaceInputSchema.typeName:
      return text('network namespace', () => undefined);
    case FilterStateInputSchema.typeName: {
      // Whoever asks a text for one of its fields, of which it has none, gets the text.
      const { key } = unpackAny(FilterStateInputSchema, any as never);
      const name = toByteString(key);
      return text(`filter state ${key}`, ({ filterStateIfAny }) => filterStateIfAny?.get(name), true);
    }
    case DynamicMetadataInputSchema.typeName: {
      const { filter, path } = unpackAny(DynamicMetadataInputSchema, any as never);
      const keys = path.map(({ segment }) => segment.value as string);
      return {
        kind: 'metadata',
        name: `metadata ${[filter, ...keys].join(':')}`,
        read: ({ metadataIfAny }) => findMetadata(metadataIfAny, filter, keys),
      };
    }
    case HttpAttributesCelMatchInputSchema.typeName:
      return { kind: 'attributes', name: 'attributes' };
    default:
      refuse(`the matcher input \`${type}\` is not supported`, input ?? {}, 'typed_config', 'accepts');
      return null;
  }
}

const OF_REQUESTS: ReadonlySet<string> = new Set([
  HttpRequestHeaderMatchInputSchema.typeName,
  DynamicMetadataInputSchema.typeName,
  HttpAttributesCelMatchInputSchema.typeName,
]);

const text = (name: string, read: ReadText, isHidden = false): TextInput => ({
  kind: 'text',
  name,
  read,
  isHidden,
});

type Peer = NonNullable<RbacSubject['connection']['peer']>;

/** Joined by commas. Without TLS it is not known who the client is, which is not the same as nothing (Envoy: ssl/inputs.h). */
function certificateInput(name: string, namesOf: (peer: Peer) => readonly string[]): MatchInput {
  return text(`client certificate's ${name}`, ({ connection: { tls, peer } }) => {
    if (!tls) return UNAVAILABLE;
    return (peer && toByteString(namesOf(peer).join(','))) || undefined;
  });
}

/** All lines of a header, joined. */
function headerInput(headerName: string): MatchInput {
  const name = lowerAscii(headerName);
  return text(
    `header ${name}`,
    ({ request }) => pseudoHeader(request, name) ?? joinedLines(request.headers, name),
  );
}

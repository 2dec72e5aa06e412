import { create, type DescMessage, fromJson, type JsonObject } from '@bufbuild/protobuf';
import type { Any } from '@bufbuild/protobuf/wkt';
import { packAny } from '../../../resources/index.ts';
import { schemaRegistry } from '../schema-registry.ts';
import { entryOf, type MapNode, type SourceNode } from '../source/source-node.ts';
import { type DecodeContext, type Place, placeInside } from './decode-context.ts';
import { decodeMessage } from './decode-message.ts';
import { decodeSubmessage, wellKnownValue } from './decode-submessage.ts';
import { isWrapper, type LooseMessage } from './message-shape.ts';
import { nearMiss } from './near-miss.ts';

const TYPED_STRUCTS = new Set(['xds.type.v3.TypedStruct', 'udpa.type.v1.TypedStruct']);
const OWN_NOTATION = new Set(
  ['Duration', 'Timestamp', 'Struct', 'Value', 'ListValue', 'FieldMask', 'Any'].map(
    (name) => `google.protobuf.${name}`,
  ),
);

/** Reads an `Any` by its `@type`, wherever that stands in the mapping; a TypedStruct is read as the type that it names. */
export function decodeAny(
  desc: DescMessage,
  node: SourceNode,
  place: Place,
  context: DecodeContext,
): unknown {
  if (node.kind !== 'map') return fail('a mapping with `@type` is expected', node, place, context);
  const type = entryOf(node, '@type');
  if (type === undefined) {
    if (node.entries.length === 0) return create(desc);
    return fail(
      '`@type` is missing',
      node,
      place,
      context,
      'begin with `"@type": type.googleapis.com/<message>`',
    );
  }
  const at = { ...place, at: type.value.at };
  if (type.value.kind !== 'scalar') return fail('`@type` must be a string', type.value, at, context);
  return decodeOfType(type.value.text, node, at, place, context);
}

function decodeOfType(
  url: string,
  node: MapNode,
  typePlace: Place,
  place: Place,
  context: DecodeContext,
): Any | undefined {
  const slash = url.lastIndexOf('/');
  if (slash <= 0) {
    const message = `\`@type\` must contain a host and a slash; got \`${url}\``;
    return fail(message, node, typePlace, context, `write \`type.googleapis.com/${url.slice(slash + 1)}\``);
  }
  const schema = lookUp(url.slice(slash + 1), typePlace, context);
  if (schema === undefined) return undefined;
  if (TYPED_STRUCTS.has(schema.typeName)) return decodeTypedStruct(node, typePlace, place, context);
  const done = context.judge?.judgeType(schema, typePlace, context) ?? true;
  const message = decodeContent(schema, node, done ? place : { ...place, quiet: true }, context);
  if (message === undefined) return undefined;
  const any = packAny(schema, message);
  context.provenance.inherit(any, message);
  return any;
}

function decodeContent(
  schema: DescMessage,
  node: MapNode,
  place: Place,
  context: DecodeContext,
): LooseMessage | undefined {
  if (!OWN_NOTATION.has(schema.typeName) && !isWrapper(schema)) {
    return decodeMessage(schema, node, place, context, '@type');
  }
  const value = wellKnownValue(node);
  if (value === undefined) return create(schema) as LooseMessage;
  const read = decodeSubmessage(schema, value, placeInside(place, value.at, 'value'), context, false);
  // A field of this type holds the object itself, an `Any` a message.
  const isObject = schema.typeName === 'google.protobuf.Struct' && read !== undefined;
  return (isObject ? fromJson(schema, read as JsonObject) : read) as LooseMessage | undefined;
}

function decodeTypedStruct(
  node: MapNode,
  typePlace: Place,
  place: Place,
  context: DecodeContext,
): Any | undefined {
  const url = entryOf(node, 'type_url') ?? entryOf(node, 'typeUrl');
  if (url?.value.kind !== 'scalar') return fail('a TypedStruct needs a `type_url`', node, typePlace, context);
  const value = wellKnownValue(node);
  const content: MapNode = value?.kind === 'map' ? value : { kind: 'map', entries: [], at: node.at };
  const inside = placeInside(place, content.at, 'value');
  return decodeOfType(url.value.text, content, { ...typePlace, at: url.value.at }, inside, context);
}

function lookUp(typeName: string, place: Place, context: DecodeContext): DescMessage | undefined {
  const schema = schemaRegistry().getMessage(typeName);
  if (schema !== undefined || context.judge?.judgeUnknownType(typeName, place, context) === true)
    return schema;
  const meant = nearMiss(typeName, configTypes(), 2);
  context.report({
    code: 'badAny',
    message: `unknown type \`${typeName}\``,
    hint: meant === undefined ? undefined : `did you mean \`${meant}\`?`,
    at: place.at,
    path: place.path,
  });
  return undefined;
}

function* configTypes(): Iterable<string> {
  for (const type of schemaRegistry()) {
    if (type.kind === 'message' && type.typeName.startsWith('envoy.extensions.')) yield type.typeName;
  }
}

function fail(
  message: string,
  node: SourceNode,
  place: Place,
  context: DecodeContext,
  hint?: string,
): undefined {
  const at = node.kind === 'map' && place.at.length > 0 ? place.at : node.at;
  context.report({ code: 'badAny', message, hint, at, path: place.path });
  return undefined;
}

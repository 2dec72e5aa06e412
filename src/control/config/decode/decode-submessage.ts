import { create, type DescMessage, fromJson } from '@bufbuild/protobuf';
import { entryOf, type SourceNode } from '../source/source-node.ts';
import { decodeAny } from './decode-any.ts';
import type { DecodeContext, Place } from './decode-context.ts';
import { parseDuration, parseTimestamp, type SecondsNanos } from './decode-duration.ts';
import { jsonValueOf } from './decode-json-value.ts';
import { decodeMessage } from './decode-message.ts';
import { decodeScalar, type ScalarFault } from './decode-scalar.ts';
import { isWrapper, type LooseMessage, shortName } from './message-shape.ts';
import { jsonScalarOf } from './plain-scalar.ts';

/**
 * Reads a value of a message type, well-known types in their own notation.
 * @param unwrap a wrapper's bare value is wanted, as the messages of `@bufbuild/protobuf` hold it in singular fields.
 */
export function decodeSubmessage(
  desc: DescMessage,
  node: SourceNode,
  place: Place,
  context: DecodeContext,
  unwrap: boolean,
): unknown {
  if (isWrapper(desc)) return decodeWrapper(desc, node, place, context, unwrap);
  switch (desc.typeName) {
    case 'google.protobuf.Any':
      return decodeAny(desc, node, place, context);
    case 'google.protobuf.Duration':
      return decodeSeconds(desc, node, place, context, parseDuration);
    case 'google.protobuf.Timestamp':
      return decodeSeconds(desc, node, place, context, parseTimestamp);
    case 'google.protobuf.Struct':
      return node.kind === 'map'
        ? jsonValueOf(node, place, context)
        : reportShape(desc, node, place, context);
    case 'google.protobuf.Value':
    case 'google.protobuf.ListValue':
      return decodeJson(desc, node, place, context);
    case 'google.protobuf.FieldMask':
      return decodeFieldMask(desc, node, place, context);
    default:
      return node.kind === 'map'
        ? decodeMessage(desc, node, place, context)
        : reportShape(desc, node, place, context);
  }
}

function decodeWrapper(
  desc: DescMessage,
  node: SourceNode,
  place: Place,
  context: DecodeContext,
  unwrap: boolean,
): unknown {
  if (node.kind === 'map') {
    const message = decodeMessage(desc, node, place, context);
    return unwrap ? message['value'] : message;
  }
  const type = desc.fields[0]?.scalar as NonNullable<DescMessage['fields'][number]['scalar']>;
  const result = decodeScalar(type, node);
  if ('fault' in result) return reportFault(result.fault, node, place, context);
  return unwrap ? result.value : Object.assign(create(desc), { value: result.value });
}

function decodeSeconds(
  desc: DescMessage,
  node: SourceNode,
  place: Place,
  context: DecodeContext,
  parse: (text: string) => SecondsNanos | ScalarFault,
): LooseMessage | undefined {
  if (node.kind === 'map') return decodeMessage(desc, node, place, context);
  if (node.kind === 'list') return reportShape(desc, node, place, context);
  const scalar = jsonScalarOf(node);
  const parsed = parse(node.text);
  if ('code' in parsed) return reportFault(parsed, node, place, context);
  if (scalar.kind !== 'string') return reportShape(desc, node, place, context);
  const message = Object.assign(create(desc), parsed) as unknown as LooseMessage;
  context.provenance.set(message, node.at, place.path);
  context.complete({ message, desc, place: { ...place, at: node.at } });
  return message;
}

function decodeJson(desc: DescMessage, node: SourceNode, place: Place, context: DecodeContext): unknown {
  if (desc.typeName === 'google.protobuf.ListValue' && node.kind !== 'list')
    return reportShape(desc, node, place, context);
  const message = fromJson(desc, jsonValueOf(node, place, context));
  context.provenance.set(message, place.at, place.path);
  return message;
}

function decodeFieldMask(desc: DescMessage, node: SourceNode, place: Place, context: DecodeContext): unknown {
  if (node.kind === 'map') return decodeMessage(desc, node, place, context);
  if (node.kind !== 'scalar') return reportShape(desc, node, place, context);
  const paths = node.text === '' ? [] : node.text.split(',');
  return Object.assign(create(desc), { paths: paths.map(snakeCase) });
}

const snakeCase = (path: string) => path.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function reportFault(fault: ScalarFault, node: SourceNode, place: Place, context: DecodeContext): undefined {
  const name = place.path.slice(place.path.lastIndexOf('.') + 1);
  const at = node.at.length > 0 ? node.at : place.at;
  context.report({ ...fault, message: `\`${name}\`: ${fault.message}`, at, path: place.path });
  return undefined;
}

function reportShape(desc: DescMessage, node: SourceNode, place: Place, context: DecodeContext): undefined {
  const name = place.path.slice(place.path.lastIndexOf('.') + 1);
  const found = node.kind === 'scalar' ? `\`${node.text.slice(0, 60)}\`` : `a ${node.kind}`;
  context.report({
    code: 'wrongType',
    message: `\`${name}\`: ${found} where a mapping (${shortName(desc)}) is expected`,
    at: node.at.length > 0 ? node.at : place.at,
    path: place.path,
  });
  return undefined;
}

/** The entry that holds the value of a well-known type inside an `Any` (protobuf's JSON form). */
export function wellKnownValue(node: SourceNode): SourceNode | undefined {
  return entryOf(node, 'value')?.value;
}

import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import type { Position } from '../../../resources/index.ts';
import type { ListNode, MapNode, SourceNode } from '../source/source-node.ts';
import { type DecodeContext, keyStep, type Place, placeInside } from './decode-context.ts';
import { decodeEnum } from './decode-enum.ts';
import { decodeScalar } from './decode-scalar.ts';
import { decodeSubmessage } from './decode-submessage.ts';
import { isNull } from './plain-scalar.ts';
import { reportDuplicate, reportTwice } from './report-duplicate.ts';

/** Reads a field's value; undefined when it could not be read, which has been said. `place.at` is the key's place. */
export function decodeValue(
  field: DescField,
  node: SourceNode,
  place: Place,
  context: DecodeContext,
  owner: object,
): unknown {
  if (field.fieldKind === 'list') return decodeList(field, node, place, context, owner);
  if (field.fieldKind === 'map') return decodeMap(field, node, place, context, owner);
  if (field.fieldKind !== 'message') context.provenance.setField(owner, field.name, spot(node, place.at));
  return decodeSingle(field, node, place, context, true);
}

/** @param alone a singular field, whose wrappers are unwrapped outside a oneof. */
function decodeSingle(
  field: DescField,
  node: SourceNode,
  place: Place,
  context: DecodeContext,
  alone: boolean,
): unknown {
  if (field.message !== undefined) {
    const given = !alone && isNull(node) && isEnvoys(field.message) ? emptyMap(node, place) : node;
    return decodeSubmessage(field.message, given, place, context, alone && field.oneof === undefined);
  }
  const result =
    field.enum === undefined ? decodeScalar(scalarOf(field), node) : decodeEnum(field.enum, node);
  if ('value' in result) return result.value;
  const message = `\`${field.name}\`: ${result.fault.message}`;
  context.report({ ...result.fault, message, at: spot(node, place.at), path: place.path });
  return undefined;
}

/** Of Envoy's own: neither well-known types nor what Istio or jotgate read. */
const isEnvoys = ({ typeName }: DescMessage) => /^(?:envoy|xds)\./.test(typeName);

/** A null in a list or a mapping of messages is a message in which nothing is said, as Envoy reads it. */
function emptyMap(node: SourceNode, place: Place): MapNode {
  return { kind: 'map', entries: [], at: spot(node, place.at) };
}

function scalarOf(field: DescField) {
  return field.scalar as NonNullable<DescField['scalar']>;
}

const HOLDS_LISTS = new Set(['google.protobuf.Value', 'google.protobuf.ListValue']);

/** A list's items. Envoy's reader of JSON takes those of a list in it for its own, but where a list is a value; Istio's takes none. */
function itemsOf(node: ListNode, field: DescField & { fieldKind: 'list' }): SourceNode[] {
  const isOurs = field.parent.typeName.startsWith('jotgate.');
  if (isOurs || HOLDS_LISTS.has(field.message?.typeName ?? '')) return node.items;
  return node.items.flatMap((item) => (item.kind === 'list' ? itemsOf(item, field) : [item]));
}

/** A single value stands for a list of one (envoy-observed.md). */
function decodeList(
  field: DescField & { fieldKind: 'list' },
  node: SourceNode,
  place: Place,
  context: DecodeContext,
  owner: object,
): unknown[] | undefined {
  const items = node.kind === 'list' ? itemsOf(node, field) : [node];
  const values: unknown[] = [];
  items.forEach((item, index) => {
    const inside = placeInside(place, spot(item, place.at), `[${index}]`);
    context.visit(inside);
    context.provenance.setField(owner, `${field.name}[${index}]`, inside.at);
    const value = isNull(item) && takesNull(field) ? '' : decodeSingle(field, item, inside, context, false);
    if (value === undefined) context.markBroken(owner, field.name);
    else values.push(value);
  });
  return values;
}

/** A null in a list of strings is an empty string. One of numbers is refused, although Envoy reads a zero. */
const takesNull = (field: DescField & { fieldKind: 'list' }) => field.scalar === ScalarType.STRING;

function decodeMap(
  field: DescField & { fieldKind: 'map' },
  node: SourceNode,
  place: Place,
  context: DecodeContext,
  owner: object,
): Record<string, unknown> | undefined {
  if (node.kind !== 'map') {
    context.report({
      code: 'wrongType',
      message: `\`${field.name}\`: a ${node.kind} where a mapping is expected`,
      at: spot(node, place.at),
      path: place.path,
    });
    return undefined;
  }
  return Object.fromEntries(decodeMapEntries(field, node, place, context, owner));
}

function decodeMapEntries(
  field: DescField & { fieldKind: 'map' },
  node: MapNode,
  place: Place,
  context: DecodeContext,
  owner: object,
): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const entry of node.entries) {
    const inside = placeInside(place, entry.keyAt, keyStep(entry.key));
    context.visit(inside);
    reportDuplicate(entry, place, context, field.parent.typeName);
    if (values.has(entry.key)) reportTwice(entry.key, inside, context);
    context.provenance.setField(owner, `${field.name}[${entry.key}]`, inside.at);
    const value = decodeSingle(field, entry.value, inside, context, false);
    if (value === undefined) context.markBroken(owner, field.name);
    else values.set(entry.key, value);
  }
  return values;
}

/** The value's own place, or its key's where nothing is written. */
function spot(node: SourceNode, keyAt: Position): Position {
  return node.at.length > 0 ? node.at : keyAt;
}

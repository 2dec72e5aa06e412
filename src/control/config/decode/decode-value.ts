import { type DescField, ScalarType } from '@bufbuild/protobuf';
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
  const nothing = !alone && isNull(node) && readsNothing(field);
  if (field.message !== undefined) {
    const given = nothing ? emptyMap(node, place) : node;
    return decodeSubmessage(field.message, given, place, context, alone && field.oneof === undefined);
  }
  if (nothing) return field.enum === undefined ? zeroOf(scalarOf(field)) : 0;
  const result =
    field.enum === undefined ? decodeScalar(scalarOf(field), node) : decodeEnum(field.enum, node);
  if ('value' in result) return result.value;
  const message = `\`${field.name}\`: ${result.fault.message}`;
  context.report({ ...result.fault, message, at: spot(node, place.at), path: place.path });
  return undefined;
}

/**
 * Envoy reads a null in a list or a mapping as a zero, an empty string or a message in which nothing is said, but for values, of which
 * null is one. What Istio or jotgate read has nulls among strings alone.
 */
function readsNothing(field: DescField): boolean {
  if (HOLDS_LISTS.has(field.message?.typeName ?? '')) return false;
  const isEnvoys = !/^(?:istio|jotgate)\./.test(field.parent.typeName);
  return isEnvoys || (field.fieldKind === 'list' && field.scalar === ScalarType.STRING);
}

function zeroOf(type: ScalarType): unknown {
  switch (type) {
    case ScalarType.STRING:
      return '';
    case ScalarType.BOOL:
      return false;
    case ScalarType.BYTES:
      return new Uint8Array();
    default:
      return LONG.has(type) ? 0n : 0;
  }
}

const LONG = new Set([
  ScalarType.INT64,
  ScalarType.SINT64,
  ScalarType.SFIXED64,
  ScalarType.UINT64,
  ScalarType.FIXED64,
]);

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
    const value = decodeSingle(field, item, inside, context, false);
    if (value === undefined) context.markBroken(owner, field.name);
    else values.push(value);
  });
  return values;
}

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

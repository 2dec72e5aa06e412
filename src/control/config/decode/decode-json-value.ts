import type { JsonValue } from '@bufbuild/protobuf';
import type { MapNode, SourceNode } from '../source/source-node.ts';
import { type DecodeContext, keyStep, type Place, placeInside } from './decode-context.ts';
import { jsonScalarOf } from './plain-scalar.ts';
import { reportDuplicate, reportTwice } from './report-duplicate.ts';

/** A node as the JSON value that a Struct holds. Fractions in YAML are strings to Envoy, so they are here. */
export function jsonValueOf(node: SourceNode, place: Place, context: DecodeContext): JsonValue {
  const inside = { ...place, at: node.at, depth: place.depth + 1 };
  context.visit(inside);
  if (node.kind === 'list') return node.items.map((item) => jsonValueOf(item, inside, context));
  if (node.kind === 'map') return jsonObjectOf(node, inside, context);
  const scalar = jsonScalarOf(node);
  if (scalar.kind === 'null') return null;
  if (scalar.kind === 'bool') return scalar.value;
  return scalar.kind === 'number' ? Number(scalar.text) : scalar.text;
}

function jsonObjectOf(node: MapNode, place: Place, context: DecodeContext): JsonValue {
  const values = new Map<string, JsonValue>();
  for (const entry of node.entries) {
    const inside = placeInside(place, entry.keyAt, keyStep(entry.key));
    reportDuplicate(entry, place, context, 'google.protobuf.Struct');
    if (values.has(entry.key)) reportTwice(entry.key, inside, context);
    values.set(entry.key, jsonValueOf(entry.value, { ...inside, depth: place.depth }, context));
  }
  return Object.fromEntries(values);
}

import type { JsonValue } from '@bufbuild/protobuf';
import type { SourceNode } from '../source/source-node.ts';
import type { DecodeContext, Place } from './decode-context.ts';
import { jsonScalarOf } from './plain-scalar.ts';

/** A node as the JSON value that a Struct holds. Fractions in YAML are strings to Envoy, so they are here. */
export function jsonValueOf(node: SourceNode, place: Place, context: DecodeContext): JsonValue {
  const inside = { ...place, at: node.at, depth: place.depth + 1 };
  context.visit(inside);
  if (node.kind === 'list') return node.items.map((item) => jsonValueOf(item, inside, context));
  if (node.kind === 'map')
    return Object.fromEntries(
      node.entries.map(({ key, value }) => [key, jsonValueOf(value, inside, context)]),
    );
  const scalar = jsonScalarOf(node);
  if (scalar.kind === 'null') return null;
  if (scalar.kind === 'bool') return scalar.value;
  return scalar.kind === 'number' ? Number(scalar.text) : scalar.text;
}

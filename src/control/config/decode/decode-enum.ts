import type { DescEnum } from '@bufbuild/protobuf';
import type { SourceNode } from '../source/source-node.ts';
import type { ScalarFault } from './decode-scalar.ts';
import { enumNumbers } from './field-index.ts';
import { nearMiss } from './near-miss.ts';
import { jsonScalarOf } from './plain-scalar.ts';

/** A name in any case, or a number; a number that the enum does not define is the constraints' business. */
export function decodeEnum(desc: DescEnum, node: SourceNode): { value: number } | { fault: ScalarFault } {
  if (node.kind !== 'scalar')
    return { fault: { code: 'wrongType', message: `a ${node.kind} where an enum value is expected` } };
  const scalar = jsonScalarOf(node);
  if (scalar.kind === 'null' && desc.typeName === 'google.protobuf.NullValue') return { value: 0 };
  if (scalar.kind === 'number') return numberOf(scalar.text, node.text);
  if (scalar.kind !== 'string') {
    const message = `\`${node.text}\`, which YAML reads as a ${scalar.kind}, where an enum value is expected`;
    return { fault: { code: 'wrongType', message, hint: `quote it: "${node.text}"` } };
  }
  const value = enumNumbers(desc).get(scalar.text.toUpperCase());
  if (value !== undefined) return { value };
  return /^-?\d+$/.test(scalar.text) ? numberOf(scalar.text, node.text) : unknownValue(desc, scalar.text);
}

function numberOf(text: string, written: string): { value: number } | { fault: ScalarFault } {
  const value = Number(text);
  if (Number.isInteger(value) && Math.abs(value) <= 2_147_483_647) return { value };
  return { fault: { code: 'unknownEnumValue', message: `\`${written}\` is no number of an enum value` } };
}

function unknownValue(desc: DescEnum, written: string): { fault: ScalarFault } {
  const names = desc.values.map((value) => value.name);
  const meant = nearMiss(written, names);
  const hint = meant === undefined ? `one of ${names.slice(0, 12).join(', ')}` : `did you mean \`${meant}\`?`;
  return { fault: { code: 'unknownEnumValue', message: `unknown enum value: \`${written}\``, hint } };
}

import { ScalarType } from '@bufbuild/protobuf';
import type { CodeName } from '../codes.ts';
import type { SourceNode } from '../source/source-node.ts';
import { type JsonScalar, jsonScalarOf } from './plain-scalar.ts';

type ScalarValue = string | number | bigint | boolean | Uint8Array;

/** Why a scalar cannot be read, in a person's words; the caller adds the place. */
export interface ScalarFault {
  code: CodeName;
  message: string;
  hint?: string;
}

export type ScalarResult = { value: ScalarValue } | { fault: ScalarFault };

/** Reads a scalar as protobuf's JSON parser does, by the type of the target field (envoy.md §9.1). The node is not null. */
export function decodeScalar(type: ScalarType, node: SourceNode): ScalarResult {
  if (node.kind !== 'scalar') return wrongType(type, `a ${node.kind}`);
  const scalar = jsonScalarOf(node);
  switch (type) {
    case ScalarType.STRING:
      return decodeString(scalar, node.text);
    case ScalarType.BOOL:
      return decodeBool(scalar, node.text);
    case ScalarType.BYTES:
      return decodeBytes(scalar, node.text);
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return decodeFloat(scalar, node.text);
    default:
      return decodeInteger(type, scalar, node.text);
  }
}

function decodeString(scalar: JsonScalar, written: string): ScalarResult {
  if (scalar.kind === 'string') return { value: scalar.text };
  const hint = `quote it: "${written}"`;
  if (scalar.kind === 'bool')
    return wrongType(ScalarType.STRING, `\`${written}\`, which YAML reads as a bool,`, hint);
  return wrongType(ScalarType.STRING, `the number \`${written}\``, hint);
}

const TRUE_WORDS = new Set(['true', 't', 'yes', 'y', '1']);
const FALSE_WORDS = new Set(['false', 'f', 'no', 'n', '0']);

function decodeBool(scalar: JsonScalar, written: string): ScalarResult {
  if (scalar.kind === 'bool') return { value: scalar.value };
  if (scalar.kind === 'string') {
    const word = scalar.text.toLowerCase();
    if (TRUE_WORDS.has(word)) return { value: true };
    if (FALSE_WORDS.has(word)) return { value: false };
  }
  return wrongType(ScalarType.BOOL, `\`${written}\``, 'write true or false');
}

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

function decodeBytes(scalar: JsonScalar, written: string): ScalarResult {
  if (scalar.kind !== 'string') return wrongType(ScalarType.BYTES, `\`${written}\``);
  const corrupt: ScalarResult = { fault: { code: 'badBase64', message: 'corrupt base64' } };
  if (!BASE64.test(scalar.text)) return corrupt;
  const text = scalar.text.replace(/=+$/, '');
  if (text.length % 4 === 1) return corrupt;
  return { value: new Uint8Array(Buffer.from(text, 'base64')) };
}

const FLOAT_WORDS = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function decodeFloat(scalar: JsonScalar, written: string): ScalarResult {
  if (scalar.kind === 'bool' || scalar.kind === 'null') return wrongType(ScalarType.DOUBLE, `\`${written}\``);
  const word = FLOAT_WORDS.get(scalar.text);
  if (word !== undefined) return { value: word };
  if (!DECIMAL.test(scalar.text)) return notANumber(written, 'a number');
  const value = Number(scalar.text);
  return Number.isFinite(value) ? { value } : outOfRange(written, 'number');
}

interface IntegerKind {
  bits: 32 | 64;
  signed: boolean;
}

const INTEGERS = new Map<ScalarType, IntegerKind>([
  [ScalarType.INT32, { bits: 32, signed: true }],
  [ScalarType.SINT32, { bits: 32, signed: true }],
  [ScalarType.SFIXED32, { bits: 32, signed: true }],
  [ScalarType.UINT32, { bits: 32, signed: false }],
  [ScalarType.FIXED32, { bits: 32, signed: false }],
  [ScalarType.INT64, { bits: 64, signed: true }],
  [ScalarType.SINT64, { bits: 64, signed: true }],
  [ScalarType.SFIXED64, { bits: 64, signed: true }],
  [ScalarType.UINT64, { bits: 64, signed: false }],
  [ScalarType.FIXED64, { bits: 64, signed: false }],
]);

function decodeInteger(type: ScalarType, scalar: JsonScalar, written: string): ScalarResult {
  if (scalar.kind === 'bool' || scalar.kind === 'null') return wrongType(type, `\`${written}\``);
  const kind = INTEGERS.get(type) as IntegerKind;
  const value = integerOf(scalar.text);
  if (value === 'fraction')
    return {
      fault: { code: 'badNumber', message: `\`${written}\` has a fraction where an integer is expected` },
    };
  if (value === undefined) return notANumber(written, 'an integer');
  const bits = BigInt(kind.bits);
  const [min, max] = kind.signed ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
  if (value < min || value > max) return outOfRange(written, `${kind.signed ? 'int' : 'uint'}${kind.bits}`);
  return { value: kind.bits === 64 ? value : Number(value) };
}

function integerOf(text: string): bigint | 'fraction' | undefined {
  if (/^[+-]?\d+$/.test(text)) return BigInt(text.replace('+', ''));
  if (/^[+-]?0[xX][\da-fA-F]+$/.test(text)) return hexadecimal(text);
  if (!DECIMAL.test(text)) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) return undefined;
  return Number.isInteger(value) ? BigInt(value) : 'fraction';
}

function hexadecimal(text: string): bigint {
  const magnitude = BigInt(text.replace(/^[+-]/, ''));
  return text.startsWith('-') ? -magnitude : magnitude;
}

const TYPE_WORDS = new Map<ScalarType, string>([
  [ScalarType.STRING, 'a string'],
  [ScalarType.BOOL, 'true or false'],
  [ScalarType.BYTES, 'base64'],
  [ScalarType.DOUBLE, 'a number'],
  [ScalarType.FLOAT, 'a number'],
]);

function wordsFor(type: ScalarType): string {
  return TYPE_WORDS.get(type) ?? 'an integer';
}

function wrongType(type: ScalarType, found: string, hint?: string): ScalarResult {
  const message = `${found} where ${wordsFor(type)} is expected`;
  return {
    fault: hint === undefined ? { code: 'wrongType', message } : { code: 'wrongType', message, hint },
  };
}

const notANumber = (written: string, wanted: string): ScalarResult => ({
  fault: { code: 'badNumber', message: `\`${written}\` where ${wanted} is expected` },
});

const outOfRange = (written: string, type: string): ScalarResult => ({
  fault: { code: 'badNumber', message: `\`${written}\` is out of range for ${type}` },
});

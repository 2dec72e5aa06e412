import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import type { Findings } from '../../../resources/index.ts';
import type { MapEntry, SourceNode } from '../../config/index.ts';
import { ISTIO_CODES } from '../codes.ts';

/**
 * What the API server is stricter about than a protobuf decoder: names are written in camelCase only, a list is a list, a boolean
 * is no string, an enum is one of its names in capitals. What it would refuse or drop is an error here.
 */
export function checkManifestShape(desc: DescMessage, node: SourceNode, findings: Findings): void {
  if (node.kind !== 'map') return;
  for (const entry of node.entries) {
    const field = desc.fields.find(
      (candidate) => candidate.name === entry.key || candidate.jsonName === entry.key,
    );
    if (field === undefined) continue;
    if (field.jsonName !== entry.key) {
      report(findings, entry, `\`${entry.key}\` is written \`${field.jsonName}\``);
    }
    checkValue(field, entry, findings);
  }
}

/** Maps that have an entry where they are there at all (`minProperties: 1` of the schema). */
const NEVER_EMPTY = new Set(['port_level_mtls']);

function checkValue(field: DescField, entry: MapEntry, findings: Findings): void {
  const { value } = entry;
  if (field.fieldKind === 'list') {
    if (value.kind !== 'list') {
      if (!isNull(value)) report(findings, entry, `\`${entry.key}\` is a list`);
      return;
    }
    for (const item of value.items) checkItem(field, { ...entry, value: item }, findings);
    return;
  }
  if (field.fieldKind === 'map') {
    if (value.kind === 'map') {
      if (value.entries.length === 0 && NEVER_EMPTY.has(field.name)) {
        report(findings, entry, `\`${entry.key}\` is empty`);
      }
      for (const item of value.entries) checkItem(field, item, findings);
    }
    return;
  }
  if (!isNull(value)) checkItem(field, entry, findings);
}

function checkItem(field: DescField, entry: MapEntry, findings: Findings): void {
  const { value } = entry;
  if (isNull(value) && field.fieldKind === 'list') {
    report(findings, { ...entry, keyAt: value.at }, `\`${entry.key}\` has an entry without a value`);
  }
  if (field.message?.typeName.startsWith('jotgate.istio.') === true) {
    checkManifestShape(field.message, value, findings);
  } else if (value.kind === 'scalar') {
    const problem = scalarProblem(field, value);
    if (problem !== null) report(findings, { ...entry, keyAt: value.at }, problem);
  }
}

function scalarProblem(field: DescField, value: SourceNode & { kind: 'scalar' }): string | null {
  const { text, plain } = value;
  if (field.enum !== undefined && !field.enum.values.some(({ name }) => name === text)) {
    return `\`${text}\` is none of ${field.enum.values.map(({ name }) => name).join(', ')}`;
  }
  if (field.scalar === ScalarType.BOOL && !plain) return `\`"${text}"\` is a string, not true or false`;
  if (field.scalar === ScalarType.STRING && plain && isNumber(text)) {
    return `\`${text}\` is a number: quote it`;
  }
  return null;
}

function isNumber(text: string): boolean {
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text);
}

function isNull(node: SourceNode): boolean {
  return node.kind === 'scalar' && node.plain && /^(?:|~|null|Null|NULL)$/.test(node.text);
}

function report(findings: Findings, entry: MapEntry, message: string): void {
  findings.add({
    code: ISTIO_CODES.shape,
    severity: 'error',
    message,
    envoy: 'refuses',
    at: entry.keyAt,
  });
}

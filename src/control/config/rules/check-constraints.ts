import type { DescField, DescMessage, DescOneof } from '@bufbuild/protobuf';
import { isRequired as isRequiredOneof } from '#schema/registry.js';
import type { DecodeContext, Place } from '../decode/decode-context.ts';
import { getField, type LooseMessage, shortName } from '../decode/message-shape.ts';
import { fieldRules, isRequired, valueFault } from './field-rules.ts';
import type { FieldRules } from './rules-json.ts';

interface Constraints {
  fields: { field: DescField; rules: FieldRules }[];
  oneofs: DescOneof[];
}

const compiled = new WeakMap<DescMessage, Constraints>();

/** Applies Envoy's own `validate` rules (protoc-gen-validate's options) to one message; every broken rule is a finding. */
export function checkConstraints(
  desc: DescMessage,
  message: LooseMessage,
  place: Place,
  context: DecodeContext,
): void {
  const { fields, oneofs } = constraintsOf(desc);
  for (const oneof of oneofs) checkOneof(oneof, desc, message, place, context);
  for (const { field, rules } of fields) {
    if (!context.isBroken(message, field.name)) checkField(field, rules, desc, message, place, context);
  }
}

function checkOneof(
  oneof: DescOneof,
  desc: DescMessage,
  message: LooseMessage,
  place: Place,
  context: DecodeContext,
): void {
  const chosen = message[oneof.localName] as { case: string | undefined };
  if (chosen.case !== undefined) return;
  if (oneof.fields.some((field) => context.isBroken(message, field.name))) return;
  const members = oneof.fields.filter((field) => !field.deprecated);
  context.report({
    code: 'oneofRequired',
    message: `\`${oneof.name}\` of ${shortName(desc)} is required`,
    hint: `set one of ${members.map((field) => `\`${field.name}\``).join(', ')}`,
    at: place.at,
    path: place.path,
  });
}

function checkField(
  field: DescField,
  rules: FieldRules,
  desc: DescMessage,
  message: LooseMessage,
  place: Place,
  context: DecodeContext,
): void {
  const value = getField(message, field);
  const fault = value === undefined ? absenceFault(rules, field) : valueFault(field, value, rules);
  if (fault === undefined) return;
  const at = placeOf(message, field, value, context) ?? place.at;
  const absent = at === place.at;
  context.report({
    code: absent ? 'required' : 'constraint',
    message: `\`${field.name}\` of ${shortName(desc)}: ${fault}`,
    at,
    path: place.path === '' ? field.name : `${place.path}.${field.name}`,
  });
}

const absenceFault = (rules: FieldRules, field: DescField) =>
  isRequired(rules) && field.oneof === undefined ? 'value is required' : undefined;

/** A message that has a place of its own (a duration) is marked there, anything else where the field was written. */
function placeOf(message: LooseMessage, field: DescField, value: unknown, context: DecodeContext) {
  const own = typeof value === 'object' && value !== null ? context.provenance.find(value) : undefined;
  return own ?? context.provenance.find(message, field.name);
}

function constraintsOf(desc: DescMessage): Constraints {
  let constraints = compiled.get(desc);
  if (constraints === undefined) {
    constraints = compileConstraints(desc);
    compiled.set(desc, constraints);
  }
  return constraints;
}

function compileConstraints(desc: DescMessage): Constraints {
  const fields = desc.fields.flatMap((field) => {
    const rules = fieldRules(field);
    return rules === undefined ? [] : [{ field, rules }];
  });
  return { fields, oneofs: desc.oneofs.filter(isRequiredOneof) };
}

import { create, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { checkConstraints } from '../rules/check-constraints.ts';
import type { MapEntry, MapNode } from '../source/source-node.ts';
import { type DecodeContext, keyStep, type Place, placeInside } from './decode-context.ts';
import { decodeValue } from './decode-value.ts';
import { fieldsByName } from './field-index.ts';
import { chosenMember, type LooseMessage, setField, shortName } from './message-shape.ts';
import { nearMiss } from './near-miss.ts';
import { isNull } from './plain-scalar.ts';
import { reportDuplicate, reportMeantTwice } from './report-duplicate.ts';

/** Decodes a mapping into a message of `desc`; what could not be read is left unset and said. */
export function decodeMessage(
  desc: DescMessage,
  node: MapNode,
  place: Place,
  context: DecodeContext,
  skip?: string,
): LooseMessage {
  context.visit(place);
  const message = create(desc) as LooseMessage;
  context.provenance.set(message, place.at, place.path);
  const seen = new Map<DescField, MapEntry>();
  for (const entry of node.entries) {
    reportDuplicate(entry, place, context, desc.typeName);
    if (entry.key !== skip) decodeEntry(message, desc, entry, seen, place, context);
  }
  if (place.unjudged !== true) checkConstraints(desc, message, place, context);
  context.complete({ message, desc, place });
  return message;
}

function decodeEntry(
  message: LooseMessage,
  desc: DescMessage,
  entry: MapEntry,
  seen: Map<DescField, MapEntry>,
  place: Place,
  context: DecodeContext,
): void {
  const field = fieldsByName(desc).get(entry.key);
  if (field === undefined) {
    reportUnknown(message, desc, entry, place, context);
    return;
  }
  const inside = placeInside(place, entry.keyAt, field.name);
  const earlier = seen.get(field);
  if (earlier !== undefined) reportMeantTwice(earlier, entry, inside, context);
  seen.set(field, entry);
  if (isNull(entry.value) && !takesNull(field)) return;
  if (!mayBeChosen(message, field, inside, context)) return;
  decodeField(message, desc, field, entry, inside, context);
}

function decodeField(
  message: LooseMessage,
  desc: DescMessage,
  field: DescField,
  entry: MapEntry,
  place: Place,
  context: DecodeContext,
): void {
  context.provenance.setField(message, field.name, place.at);
  const quiet = context.judge?.judgeField(desc, field, entry.value, place, context) ?? place.quiet;
  const unjudged = place.unjudged || UNJUDGED.has(`${desc.typeName}.${field.name}`);
  const inside = quiet === place.quiet && !unjudged ? place : { ...place, quiet, unjudged };
  const value = decodeValue(field, entry.value, inside, context, message);
  if (value === undefined) {
    context.markBroken(message, field.name);
    return;
  }
  setField(message, field, value);
}

/** Of what these hold Envoy reads the types alone, or takes an address block as it is (upstream_ip_port.cc). */
const UNJUDGED = new Set([
  'envoy.config.core.v3.Metadata.typed_filter_metadata',
  'envoy.extensions.rbac.matchers.upstream_ip_port.v3.UpstreamIpPortMatcher.upstream_ip',
]);

const NULL_IS_A_VALUE = new Set(['google.protobuf.Value', 'google.protobuf.NullValue']);
const takesNull = (field: DescField) =>
  NULL_IS_A_VALUE.has(field.message?.typeName ?? field.enum?.typeName ?? '');

function mayBeChosen(message: LooseMessage, field: DescField, place: Place, context: DecodeContext): boolean {
  const chosen = chosenMember(message, field);
  if (chosen === undefined || chosen === field.localName) return true;
  const other = field.oneof?.fields.find((member) => member.localName === chosen);
  context.report({
    code: 'oneofAlreadySet',
    message: `\`${field.name}\` and \`${other?.name}\` are alternatives: \`${field.oneof?.name}\` has already been set`,
    at: place.at,
    path: place.path,
  });
  return false;
}

/** A field of a newer Envoy may be a choice that is then made. */
function reportUnknown(
  message: LooseMessage,
  desc: DescMessage,
  entry: MapEntry,
  place: Place,
  context: DecodeContext,
): void {
  const inside = placeInside(place, entry.keyAt, keyStep(entry.key));
  if (context.judge?.judgeUnknownField(desc, entry.key, inside, context) === true) {
    for (const field of desc.fields) if (field.oneof !== undefined) context.markBroken(message, field.name);
    return;
  }
  const meant = nearMiss(
    entry.key,
    desc.fields.map((field) => field.name),
  );
  if (meant !== undefined) context.markBroken(message, meant);
  context.report({
    code: 'unknownField',
    message: `unknown field \`${entry.key}\` in ${shortName(desc)}`,
    hint: meant === undefined ? undefined : `did you mean \`${inStyleOf(entry.key, meant, desc)}\`?`,
    at: entry.keyAt,
    path: inside.path,
  });
}

/** Envoy's files are written in snake_case, all others, and those of whoever writes so, in camelCase. */
function inStyleOf(written: string, name: string, desc: DescMessage): string {
  const camel = /[A-Z]/.test(written) || !desc.typeName.startsWith('envoy.');
  return camel ? (fieldsByName(desc).get(name)?.jsonName ?? name) : name;
}

import type { DescField, DescMessage } from '@bufbuild/protobuf';
import type { DecodeContext, Judge, Place } from '../decode/decode-context.ts';
import { decodeEnum } from '../decode/decode-enum.ts';
import { shortName } from '../decode/message-shape.ts';
import { jsonScalarOf } from '../decode/plain-scalar.ts';
import type { SourceNode } from '../source/source-node.ts';
import { isEnvoyExtension } from './envoy-packages.ts';
import { newerFieldState } from './newer-fields.ts';
import { misplacedRetryExtension } from './retry-extensions.ts';
import { type MessageSupport, SUPPORT } from './support-table.ts';

export type FieldState = 'done' | 'noEffect' | 'upkeep' | 'refused';

const sets = new Map<string, ReadonlySet<string>>();

function namesIn(list: string): ReadonlySet<string> {
  let names = sets.get(list);
  if (names === undefined) {
    names = new Set(list.split(' '));
    sets.set(list, names);
  }
  return names;
}

/** What jotgate does with a field, by the table. */
export function fieldState(support: MessageSupport, field: string): FieldState {
  if (support.done === '*' || namesIn(support.done).has(field)) return 'done';
  if (namesIn(support.upkeep ?? '').has(field)) return 'upkeep';
  return namesIn(support.noEffect ?? '').has(field) ? 'noEffect' : 'refused';
}

/**
 * Says of each field that was written whether jotgate does it, of upkeep nothing; one that is refused or has no effect is said once, with nothing
 * about what is inside it. Types that have no table entry are refused when they are named by an `Any`.
 */
export class SupportJudge implements Judge {
  readonly #said = new Set<string>();
  readonly #doneBesides: ReadonlySet<string>;

  /** @param doneBesides full names of fields that this reader does, whatever the table says */
  constructor(doneBesides: ReadonlySet<string> = new Set()) {
    this.#doneBesides = doneBesides;
  }

  /** True when nothing more is to be said of what is inside the field. */
  judgeField(
    desc: DescMessage,
    field: DescField,
    node: SourceNode,
    place: Place,
    context: DecodeContext,
  ): boolean {
    const support = SUPPORT[desc.typeName];
    if (support === undefined || place.quiet || saysNothing(field, node)) return place.quiet;
    if (this.#doneBesides.has(`${desc.typeName}.${field.name}`)) return true;
    const state = fieldState(support, field.name);
    if (state === 'done') {
      if (IN_CLUSTER.test(place.path) && namesIn(support.noEffectInClusters ?? '').has(field.name)) {
        this.#warn(desc, field.name, place, context);
        return true;
      }
      const holdsAny = namesIn(support.holdsAny ?? '').has(field.name);
      return holdsAny || this.#judgeValue(support, field, node, place, context);
    }
    if (state === 'refused') this.#refuse(desc, field.name, place, context);
    if (state === 'noEffect') this.#warn(desc, field.name, place, context);
    return true;
  }

  judgeUnknownField(desc: DescMessage, name: string, place: Place, context: DecodeContext): boolean {
    const state = newerFieldState(desc.typeName, name);
    if (state === undefined) return false;
    if (place.quiet) return true;
    if (state === 'refused') this.#refuse(desc, name, place, context);
    if (state === 'noEffect') this.#warn(desc, name, place, context);
    return true;
  }

  judgeUnknownType(typeName: string, place: Place, context: DecodeContext): boolean {
    if (!isEnvoyExtension(typeName)) return false;
    if (this.#isMisplaced(typeName, place, context)) return true;
    if (!place.quiet) this.#refuseType(typeName, place, context);
    return true;
  }

  /** True when the type is one that jotgate does. */
  judgeType(desc: DescMessage, place: Place, context: DecodeContext): boolean {
    if (this.#isMisplaced(desc.typeName, place, context)) return false;
    if (place.quiet || SUPPORT[desc.typeName] !== undefined) return true;
    if (IN_FILTER_CONFIG.test(place.path)) return false;
    this.#refuseType(desc.typeName, place, context);
    return false;
  }

  /** Nothing is tried again by these; what Envoy refuses is refused all the same. */
  #isMisplaced(typeName: string, place: Place, context: DecodeContext): boolean {
    const field = misplacedRetryExtension(typeName, place.path);
    if (field === undefined) return false;
    context.report({
      code: 'unknownExtension',
      message: `\`${typeName}\` is no extension for \`${field}\``,
      at: place.at,
      path: place.path,
    });
    return true;
  }

  #refuseType(typeName: string, place: Place, context: DecodeContext): void {
    context.report({
      code: 'typeNotDone',
      message: `jotgate does not do \`${typeName}\` yet`,
      envoy: 'accepts',
      at: place.at,
      path: place.path,
    });
  }

  #judgeValue(
    support: MessageSupport,
    field: DescField,
    node: SourceNode,
    place: Place,
    context: DecodeContext,
  ): boolean {
    const allowed = support.values?.[field.name];
    if (allowed === undefined || allowed === '*' || field.enum === undefined) return false;
    const result = decodeEnum(field.enum, node);
    if (!('value' in result)) return false;
    const name = field.enum.value[result.value]?.name;
    if (name === undefined || namesIn(allowed).has(name)) return false;
    context.report({
      code: 'fieldNotDone',
      message: `\`${field.name}: ${name}\` is not done by jotgate yet`,
      hint: `done: ${allowed.replaceAll(' ', ', ')}`,
      envoy: 'accepts',
      at: node.at,
      path: place.path,
    });
    return false;
  }

  #refuse(desc: DescMessage, field: string, place: Place, context: DecodeContext): void {
    context.report({
      code: 'fieldNotDone',
      message: `\`${field}\` of ${shortName(desc)} is not done by jotgate yet`,
      envoy: 'accepts',
      at: place.at,
      path: place.path,
    });
  }

  /** The first place of each field is enough. */
  #warn(desc: DescMessage, field: string, place: Place, context: DecodeContext): void {
    const name = `${desc.typeName}.${field}`;
    if (this.#said.has(name)) return;
    this.#said.add(name);
    context.report({
      code: 'noEffect',
      severity: 'warning',
      message: `\`${field}\` of ${shortName(desc)} has no effect in jotgate`,
      envoy: 'accepts',
      at: place.at,
      path: place.path,
    });
  }
}

const IN_CLUSTER =
  /typed_extension_protocol_options|clusters\[\d+\]\.(cluster\.)?common_http_protocol_options/;
/** What a route says to a filter in a `FilterConfig`, which may be optional: that is looked at when the whole of it is known. */
const IN_FILTER_CONFIG = /typed_per_filter_config(\.[\w-]+|\["([^"\\]|\\.)*"\])\.config$/;

/** A plain field that is written with its default value changes nothing. */
function saysNothing(field: DescField, node: SourceNode): boolean {
  if (node.kind === 'list') return node.items.length === 0;
  if (node.kind === 'map') return field.fieldKind === 'map' && node.entries.length === 0;
  if (field.oneof !== undefined) return false;
  if (field.fieldKind === 'enum') {
    const scalar = jsonScalarOf(node);
    const [first] = field.enum.values;
    return (
      scalar.kind !== 'null' &&
      scalar.kind !== 'bool' &&
      ['0', first?.name].includes(scalar.text) &&
      first?.number === 0
    );
  }
  if (field.fieldKind !== 'scalar') return false;
  const scalar = jsonScalarOf(node);
  if (scalar.kind === 'bool') return !scalar.value;
  return scalar.kind !== 'null' && (scalar.text === '' || scalar.text === '0');
}

import {
  HeaderValueOption_HeaderAppendAction as AppendAction,
  type HeaderValueOption,
} from '#schema/envoy/config/core/v3/base_pb.js';
import { lowerAscii } from '../../core/match/index.ts';
import type { FindingAbout, Findings } from '../../resources/index.ts';
import type { FormatSource } from '../format/format-source.ts';
import { compileHeaderFormat } from '../format/header-format.ts';
import { reportFormat } from '../format/report-refusal.ts';
import type { TextFormat } from '../format/text-format.ts';
import { type HeaderList, isFraming } from '../http/header-list.ts';
import { addRequestLine, addResponseLine } from '../http/join-lines.ts';

/** One line that is written, and how it goes with those that are there. */
export interface HeaderAddition {
  name: string;
  action: 'append' | 'add-if-absent' | 'overwrite' | 'overwrite-if-exists';
  value: TextFormat;
  keepEmpty: boolean;
}

/** The header changes of one level: a route, a virtual host or a route configuration. */
export interface HeaderMutations {
  remove: readonly string[];
  add: readonly HeaderAddition[];
}

/**
 * Applies each level's changes: removals, then overwriting, then adding, all values rendered before the level changes anything
 * (Envoy: header_parser.cc).
 */
export function applyHeaderMutations(
  headers: HeaderList,
  levels: readonly HeaderMutations[],
  source: FormatSource,
): void {
  for (const level of levels) {
    for (const name of level.remove) headers.remove(name);
    if (level.add.length > 0) applyAdditions(headers, level.add, source);
  }
}

function applyAdditions(
  headers: HeaderList,
  additions: readonly HeaderAddition[],
  source: FormatSource,
): void {
  const overwrite: [string, string][] = [];
  const append: [string, string][] = [];
  for (const addition of additions) {
    const value = addition.value.render(source);
    if (value === '' && !addition.keepEmpty) continue;
    const exists = headers.has(addition.name);
    if (addition.action === 'overwrite' || (addition.action === 'overwrite-if-exists' && exists)) {
      overwrite.push([addition.name, value]);
    } else if (addition.action === 'append' || (addition.action === 'add-if-absent' && !exists)) {
      append.push([addition.name, value]);
    }
  }
  for (const [name, value] of overwrite) headers.replace(name, value);
  const addLine = headers === source.request.headers ? addRequestLine : addResponseLine;
  for (const [name, value] of append) addLine(headers, name, value);
}

/** Names of headers to remove, in any case, and where they are written: `field` is the list's proto name in the message. */
export interface Removals {
  names: readonly string[];
  about: object;
  field: string;
}

/** Compiles one level's `…_headers_to_add` and `…_to_remove`; null when the level changes nothing or has an error. */
export function compileHeaderMutations(
  toAdd: readonly HeaderValueOption[],
  toRemove: Removals | null,
  findings: Findings,
): HeaderMutations | null {
  const remove = toRemove === null ? [] : compileRemovals(toRemove, findings);
  const add = toAdd.map((option) => compileAddition(option, findings)).filter((one) => one !== null);
  return remove.length === 0 && add.length === 0 ? null : { remove, add };
}

function compileRemovals({ names, about, field }: Removals, findings: Findings): readonly string[] {
  const lower = names.map(lowerAscii);
  for (const [index, name] of lower.entries()) {
    const place = { about, field: `${field}[${index}]` };
    if (isProtected(name)) refuseProtected(name, 'removed', place, findings);
    if (isFraming(name)) warnOfFraming(name, place, findings);
  }
  return lower;
}

/** Where a finding stands. */
type Place = Pick<FindingAbout, 'about' | 'field'>;

function compileAddition(option: HeaderValueOption, findings: Findings): HeaderAddition | null {
  const name = lowerAscii(option.header?.key ?? '');
  const place = { about: option.header ?? option, field: 'key' };
  if (isProtected(name)) {
    refuseProtected(name, 'modified', place, findings);
    return null;
  }
  if (isFraming(name)) warnOfFraming(name, place, findings);
  if (option.append !== undefined && option.appendAction !== AppendAction.APPEND_IF_EXISTS_OR_ADD) {
    const message = "Both append and append_action are set and it's not allowed";
    findings.report({
      code: 'E120',
      severity: 'error',
      message,
      envoy: 'refuses',
      about: option,
      field: 'append',
    });
    return null;
  }
  const compiled = compileHeaderFormat(option.header?.value ?? '');
  if ('refusal' in compiled) {
    const where = `the value of header \`${name}\``;
    reportFormat(compiled.refusal, where, option.header ?? option, 'value', findings);
    return null;
  }
  return { name, action: actionOf(option), value: compiled.format, keepEmpty: option.keepEmptyValue };
}

/** The deprecated `append` counts where it is set: false overwrites. */
function actionOf(option: HeaderValueOption): HeaderAddition['action'] {
  if (option.append !== undefined) return option.append ? 'append' : 'overwrite';
  switch (option.appendAction) {
    case AppendAction.APPEND_IF_EXISTS_OR_ADD:
      return 'append';
    case AppendAction.ADD_IF_ABSENT:
      return 'add-if-absent';
    case AppendAction.OVERWRITE_IF_EXISTS_OR_ADD:
      return 'overwrite';
    case AppendAction.OVERWRITE_IF_EXISTS:
      return 'overwrite-if-exists';
  }
}

/** The filters after it see the change; on the wire a message is as long as it came. */
export function warnOfFraming(name: string, place: Place, findings: Findings): void {
  findings.report({
    code: 'W301',
    severity: 'warning',
    message: `what is done to \`${name}\` has no effect on what is sent: a message ends where it ended as it came`,
    envoy: 'accepts',
    ...place,
  });
}

const isProtected = (name: string) => name.startsWith(':') || name === 'host';

function refuseProtected(name: string, verb: string, place: Place, findings: Findings): void {
  findings.report({
    code: 'E120',
    severity: 'error',
    message: `\`${name}\`: :-prefixed or host headers may not be ${verb}`,
    envoy: 'refuses',
    ...place,
  });
}

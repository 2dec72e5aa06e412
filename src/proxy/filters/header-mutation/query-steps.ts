import {
  KeyValueAppend_KeyValueAppendAction as AppendAction,
  type KeyValueMutation,
} from '#schema/envoy/config/core/v3/base_pb.js';
import { toByteString } from '../../../core/match/index.ts';
import type { Findings } from '../../../resources/index.ts';
import { reportFormat } from '../../format/report-refusal.ts';
import { compileTextFormat, type TextFormat } from '../../format/text-format.ts';
import {
  editQuery,
  editQueryAsEnvoy,
  holdsControlByte,
  type ParameterGroups,
  type RawParameter,
} from '../../http/query.ts';
import { refuseField } from '../../refusals.ts';
import type { FilterStream } from '../filter.ts';
import { pathAsEnvoy } from '../jwt-authn/extract-tokens.ts';

/** One change of a request's query. */
export interface QueryStep {
  /** For a person: `append a`. */
  readonly text: string;
  readonly name: string;
  /** null: its parameters are removed. */
  readonly value: TextFormat | null;
  readonly action: AppendAction;
}

/** Compiles one of `query_parameter_mutations`; null after an error. */
export function compileQueryStep(config: KeyValueMutation, findings: Findings): QueryStep | null {
  const { append, remove } = config;
  const refuse = (message: string, about: object) => {
    findings.report({ code: 'E122', severity: 'error', message, envoy: 'refuses', about });
    return null;
  };
  if (append !== undefined && remove !== '') {
    return refuse("only one of 'append'/'remove' can be specified", config);
  }
  if (remove !== '') {
    return { text: `remove ${remove}`, name: toByteString(remove), value: null, action: 0 };
  }
  if (append === undefined) return refuse("one of 'append'/'remove' must be specified", config);
  const { record, action } = append;
  if (record === undefined) return refuse('no record specified for append mutation', append);
  if (record.value?.kind.case !== 'stringValue') {
    return refuse('only string value is allowed for record value', record);
  }
  if (!/^[!-~]+$/.test(record.key) || /[#%&+=]/.test(record.key)) {
    refuseField(findings, record, 'key', ` for the query parameter \`${record.key}\``);
    return null;
  }
  const compiled = compileTextFormat(record.value.kind.value, '');
  if ('format' in compiled) {
    return { text: `${WORDS[action]} ${record.key}`, name: record.key, value: compiled.format, action };
  }
  const where = `the value of query parameter \`${record.key}\``;
  reportFormat(compiled.refusal, where, record, 'value', findings);
  return null;
}

const WORDS: Readonly<Record<AppendAction, string>> = {
  [AppendAction.APPEND_IF_EXISTS_OR_ADD]: 'append',
  [AppendAction.ADD_IF_ABSENT]: 'add-if-absent',
  [AppendAction.OVERWRITE_IF_EXISTS_OR_ADD]: 'overwrite',
  [AppendAction.OVERWRITE_IF_EXISTS]: 'overwrite-if-exists',
};

/** Changes the query of a stream's request, which is written anew even where no parameter changes (Envoy: header_mutation.cc). */
export function applyQuerySteps(steps: readonly QueryStep[], stream: FilterStream): void {
  const { request } = stream;
  const values = steps.map(({ value }) => value && encode(value.render(stream)));
  const edit = (groups: ParameterGroups) => {
    for (const [index, step] of steps.entries()) applyStep(step, values[index] ?? null, groups);
  };
  const asEnvoy = editQueryAsEnvoy(pathAsEnvoy(request), edit);
  request.path = editQuery(request.path, edit);
  request.stripped = { path: request.path, asEnvoy };
  request.unsendablePath = holdsControlByte(asEnvoy);
}

function applyStep({ name, action }: QueryStep, value: string | null, groups: ParameterGroups): void {
  const group = groups.get(name);
  if (value === null) {
    groups.delete(name);
    return;
  }
  const added: RawParameter = { name, value, isWritten: true };
  if (action === AppendAction.APPEND_IF_EXISTS_OR_ADD) groups.set(name, [...(group ?? []), added]);
  else if (action === AppendAction.OVERWRITE_IF_EXISTS_OR_ADD || isFor(action, group))
    groups.set(name, [added]);
}

const isFor = (action: AppendAction, group: RawParameter[] | undefined) =>
  action === (group === undefined ? AppendAction.ADD_IF_ABSENT : AppendAction.OVERWRITE_IF_EXISTS);

/** All bytes but letters, digits and `-._*` (Envoy: PercentEncoding::urlEncode). */
const encode = (text: string) =>
  text.replaceAll(
    /[^\w.*-]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );

import { fromByteString, toByteString } from '../../core/match/index.ts';
import { jsonText } from '../json-text.ts';
import type { FormatSource } from './format-source.ts';
import { type FormatError, type Operator, operator } from './operator.ts';

/**
 * `%FILTER_STATE(key:PLAIN)%`: the text as it is; without `PLAIN` as JSON of a `StringValue`; it has no fields
 * (Envoy: stream_info_formatter.cc).
 */
export function compileFilterState(argument: string): Operator | FormatError {
  const [key = '', written = '', field = ''] = argument.split(':');
  const kind = written === '' ? 'TYPED' : written;
  const error = errorOf(key, kind, field);
  if (error !== null) return { error, envoy: 'refuses' };
  const name = toByteString(key);
  if (kind === 'FIELD') return operator(() => undefined);
  const find = ({ filterStateIfAny }: FormatSource) => filterStateIfAny?.get(name);
  return kind === 'PLAIN'
    ? operator(find)
    : { ...operator((source) => inJson(find(source))), findWhole: find };
}

const inJson = (text: string | undefined) =>
  text === undefined ? undefined : toByteString(jsonText(fromByteString(text), 'claim'));

function errorOf(key: string, kind: string, field: string): string | null {
  if (key === '') return 'invalid filter state configuration, key cannot be empty';
  if (!['PLAIN', 'TYPED', 'FIELD'].includes(kind))
    return 'invalid filter state serialize type, only PLAIN/TYPED/FIELD are supported';
  return (kind === 'FIELD') === (field !== '') ? null : 'FIELD, and it alone, needs the name of a field';
}

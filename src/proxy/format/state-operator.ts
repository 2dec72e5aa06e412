import { fromByteString, toByteString } from '../../core/match/index.ts';
import { jsonText } from '../json-text.ts';
import { type FormatError, type Operator, operator } from './operator.ts';

/**
 * `%FILTER_STATE(key:PLAIN)%`: the text as it is; without `PLAIN` as JSON of a `StringValue`; it has no fields
 * (Envoy: stream_info_formatter.cc).
 */
export function compileFilterState(argument: string): Operator | FormatError {
  const [key = '', kind = 'TYPED'] = argument.split(':');
  if (key === '')
    return { error: 'invalid filter state configuration, key cannot be empty', envoy: 'refuses' };
  const name = toByteString(key);
  if (kind === 'PLAIN') return operator(({ filterStateIfAny }) => filterStateIfAny?.get(name));
  if (kind !== 'TYPED') return operator(() => undefined);
  return operator(({ filterStateIfAny }) => {
    const text = filterStateIfAny?.get(name);
    return text === undefined ? undefined : toByteString(jsonText(fromByteString(text), 'claim'));
  });
}

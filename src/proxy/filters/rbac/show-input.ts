import { isCredentialName } from '../../../base/index.ts';
import { describeValue, fromByteString } from '../../../core/match/index.ts';
import type { RbacSubject } from '../../../core/rbac/index.ts';
import { type ReadInput, UNAVAILABLE } from './match-input.ts';

/** What an input reads, for a person: `header x = "a"`. A credential is only said to be there. */
export function showInput(input: ReadInput, subject: RbacSubject): string {
  const { name } = input;
  if (input.kind === 'metadata') return `${name} ${describeValue(input.read(subject))}`;
  const text = input.read(subject);
  if (text === UNAVAILABLE) return `${name} cannot be known without TLS`;
  if (text !== undefined && (input.isHidden || isCredentialName(name)))
    return `${name} is present (its value is not shown)`;
  return `${name} ${describeValue(text === undefined ? undefined : fromByteString(text))}`;
}

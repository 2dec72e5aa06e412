import { isTargetAuthority } from './authority.ts';
import { REFUSAL, type Refusal } from './refusal.ts';

/** Of a target in absolute form. */
export type Scheme = 'http' | 'https';

/** What a request target says (RFC 9112 §3.2). */
export interface RequestTarget {
  path: string;
  /** What an absolute-form target names, overruling Host (RFC 9112 §3.2.2); undefined in the other forms. */
  authority: string | undefined;
  /** Empty in the other forms. */
  scheme: Scheme | '';
}

/** Reads a target that is not in origin form: `*`, or absolute-form with `http` or `https`. */
export function parseOtherTarget(method: string, target: string): RequestTarget | Refusal {
  if (target === '*') {
    return method === 'OPTIONS' ? { path: '*', authority: undefined, scheme: '' } : REFUSAL.badTarget;
  }
  const scheme = /^https?:\/\//i.exec(target);
  if (scheme === null) return REFUSAL.badTarget;
  const rest = target.slice(scheme[0].length);
  const end = rest.indexOf('/');
  const withUser = end < 0 ? rest : rest.slice(0, end);
  const authority = withUser.slice(withUser.indexOf('@') + 1);
  if (!isTargetAuthority(authority)) return REFUSAL.badTarget;
  return {
    path: end < 0 ? '/' : rest.slice(end),
    authority,
    scheme: scheme[0].length === 8 ? 'https' : 'http',
  };
}

import { isAuthority } from './authority.ts';
import { REFUSAL, type Refusal } from './refusal.ts';

export interface RequestTarget {
  path: string;
  /** What an absolute-form target names, overruling Host (RFC 9112 §3.2.2); undefined in the other forms. */
  authority: string | undefined;
}

/** Reads a target that is not in origin form: `*`, or absolute-form with `http` or `https`. */
export function parseOtherTarget(method: string, target: string): RequestTarget | Refusal {
  if (target === '*') {
    return method === 'OPTIONS' ? { path: '*', authority: undefined } : REFUSAL.badTarget;
  }
  const scheme = /^https?:\/\//i.exec(target);
  if (scheme === null) return REFUSAL.badTarget;
  const rest = target.slice(scheme[0].length);
  const end = rest.search(/[/?]/);
  const withUser = end < 0 ? rest : rest.slice(0, end);
  const authority = withUser.slice(withUser.lastIndexOf('@') + 1);
  if (authority === '' || authority.startsWith(':') || !isAuthority(authority)) return REFUSAL.badTarget;
  const path = end < 0 ? '/' : rest.slice(end);
  return { path: path.startsWith('?') ? `/${path}` : path, authority };
}

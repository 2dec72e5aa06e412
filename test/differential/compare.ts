import type { Answer } from './case.ts';

/** One thing in which two answers are not alike. */
export interface Difference {
  /** `status`, `body`, `header`, `origin …`. */
  part: string;
  envoy: string;
  jotgate: string;
}

export function compareAnswers(envoy: Answer, jotgate: Answer): Difference[] {
  const differences: Difference[] = [];
  const note = (part: string, a: string, b: string) => {
    if (a !== b) differences.push({ part, envoy: a, jotgate: b });
  };
  note('status', String(envoy.status), String(jotgate.status));
  note('body', envoy.body, jotgate.body);
  noteFields('header', envoy.headers, jotgate.headers, note);
  note('origin', reached(envoy), reached(jotgate));
  if (envoy.origin === null || jotgate.origin === null) return differences;
  note('origin method', envoy.origin.method, jotgate.origin.method);
  note('origin target', envoy.origin.target, jotgate.origin.target);
  note('origin host', envoy.origin.host, jotgate.origin.host);
  noteFields('origin field', envoy.origin.fields, jotgate.origin.fields, note);
  return differences;
}

const reached = ({ origin }: Answer) => (origin === null ? 'not reached' : 'reached');

function noteFields(
  part: string,
  a: readonly string[],
  b: readonly string[],
  note: (part: string, a: string, b: string) => void,
): void {
  if (a.join('\n') === b.join('\n')) return;
  const onlyA = without(a, b);
  const onlyB = without(b, a);
  if (onlyA.length + onlyB.length === 0) note(`${part} order`, a.join(' | '), b.join(' | '));
  else note(part, onlyA.join(' | '), onlyB.join(' | '));
}

function without(list: readonly string[], other: readonly string[]): string[] {
  const left = [...other];
  return list.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** The worst there is: the origin was reached by what Envoy had kept out. */
export function isAdmission(envoy: Answer, jotgate: Answer): boolean {
  return envoy.origin === null && jotgate.origin !== null;
}

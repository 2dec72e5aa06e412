/**
 * Translates the small class of RE2 patterns that a backtracking engine decides in linear time into a native `RegExp`; all
 * others answer null and stay with RE2.
 *
 * The class: one sequence of literals, `.`, classes and class escapes, each at most under one `*`, `+` or `?`, and every
 * repeated part must be disjoint from whatever can follow it, so that there is only one way to match. The last repeated part is
 * free of that rule: giving characters back to it retries only the fixed tail.
 */
export function translateLinearPattern(pattern: string): RegExp | null {
  const atoms = parseAtoms(pattern);
  if (atoms === null || !isDeterministic(atoms)) return null;
  const source = atoms.map((atom) => renderSet(atom.set) + atom.repeat).join('');
  return new RegExp(`^${source}$`);
}

/** The 256 byte values, true for those that the atom takes. */
type ByteSet = readonly boolean[];

interface Atom {
  set: ByteSet;
  repeat: '' | '*' | '+' | '?';
}

function isDeterministic(atoms: readonly Atom[]): boolean {
  const last = atoms.findLastIndex((atom) => atom.repeat !== '');
  return atoms.every((atom, index) => {
    if (atom.repeat === '' || index === last) return true;
    for (let next = index + 1; next < atoms.length; next++) {
      const follower = atoms[next] as Atom;
      if (follower.set.some((taken, byte) => taken && atom.set[byte])) return false;
      if (follower.repeat === '' || follower.repeat === '+') break;
    }
    return true;
  });
}

function parseAtoms(pattern: string): Atom[] | null {
  const atoms: Atom[] = [];
  let at = 0;
  while (at < pattern.length) {
    const parsed = parseAtom(pattern, at);
    if (parsed === null) return null;
    at = parsed.end;
    const repeat = pattern[at];
    if (repeat === '*' || repeat === '+' || repeat === '?') {
      at++;
      if (/[*+?{]/.test(pattern[at] ?? '')) return null;
      atoms.push({ set: parsed.set, repeat });
    } else {
      if (repeat === '{') return null;
      atoms.push({ set: parsed.set, repeat: '' });
    }
  }
  return atoms;
}

function parseAtom(pattern: string, at: number): { set: ByteSet; end: number } | null {
  const char = pattern[at] as string;
  if (char === '.') return { set: setOf((byte) => byte !== 10), end: at + 1 };
  if (char === '[') return parseClass(pattern, at);
  if (char === '\\') {
    const set = parseEscape(pattern[at + 1]);
    return set === null ? null : { set, end: at + 2 };
  }
  if (/[()|^$*+?{}\]]/.test(char)) return null;
  return { set: setOf((byte) => byte === char.charCodeAt(0)), end: at + 1 };
}

function parseEscape(char: string | undefined): ByteSet | null {
  if (char === undefined) return null;
  if (char === 'd') return DIGITS;
  if (char === 'w') return WORD;
  if (char === 's') return SPACE;
  if (/[A-Za-z0-9]/.test(char) || char.charCodeAt(0) > 127) return null;
  return setOf((byte) => byte === char.charCodeAt(0));
}

/** A bracket class of single characters, ranges and class escapes; POSIX names are left to RE2. */
function parseClass(pattern: string, start: number): { set: ByteSet; end: number } | null {
  let at = start + 1;
  const negated = pattern[at] === '^';
  if (negated) at++;
  const members = new Set<number>();
  for (let first = true; ; first = false) {
    const char = pattern[at];
    if (char === undefined || char === '[' || (char === ']' && first)) return null;
    if (char === ']') break;
    if (char === '\\') {
      const set = parseEscape(pattern[at + 1]);
      if (set === null || pattern[at + 2] === '-') return null;
      set.forEach((taken, byte) => {
        if (taken) members.add(byte);
      });
      at += 2;
      continue;
    }
    const isRange = pattern[at + 1] === '-' && pattern[at + 2] !== ']';
    const end = isRange ? pattern[at + 2] : char;
    if (end === undefined || end === '\\' || end === '[' || (char === '-' && isRange)) return null;
    for (let byte = char.charCodeAt(0); byte <= end.charCodeAt(0); byte++) members.add(byte);
    at += isRange ? 3 : 1;
  }
  return { set: setOf((byte) => members.has(byte) !== negated), end: at + 1 };
}

function setOf(takes: (byte: number) => boolean): ByteSet {
  return Array.from({ length: 256 }, (_, byte) => takes(byte));
}

const DIGITS = setOf((byte) => byte >= 48 && byte <= 57);
const WORD = setOf((byte) => /\w/.test(String.fromCharCode(byte)));
const SPACE = setOf((byte) => byte === 9 || byte === 10 || byte === 12 || byte === 13 || byte === 32);

function renderSet(set: ByteSet): string {
  let ranges = '';
  for (let from = 0; from < 256; from++) {
    if (!set[from]) continue;
    let to = from;
    while (to < 255 && set[to + 1]) to++;
    ranges += to === from ? hex(from) : `${hex(from)}-${hex(to)}`;
    from = to;
  }
  return ranges === '' ? '[]' : `[${ranges}]`;
}

const hex = (byte: number) => `\\x${byte.toString(16).padStart(2, '0')}`;

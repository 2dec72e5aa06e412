import { ParameterWalk, withoutQuery } from '../../core/match/index.ts';

/** One parameter of a query as it is spelled there. `value` is empty for a bare name. */
export interface RawParameter {
  name: string;
  value: string;
  /** It is written as it stands here, for it did not come from the client. */
  isWritten?: boolean;
}

/** A query's parameters by their decoded names. */
export type ParameterGroups = Map<string, RawParameter[]>;

/** All parameters of a target's query, as they are spelled. */
export function splitQuery(path: string): RawParameter[] {
  const parameters: RawParameter[] = [];
  const walk = new ParameterWalk(path);
  while (walk.next()) parameters.push({ name: walk.name, value: walk.value });
  return parameters;
}

/** Turns `%XX` into its byte; what is no escape stays, `+` stays (envoy.md §3.3). */
export function decodePercent(text: string): string {
  let at = text.indexOf('%');
  if (at < 0) return text;
  let decoded = '';
  let from = 0;
  while (at >= 0) {
    const byte = escapedByte(text, at);
    if (byte >= 0) {
      decoded += text.slice(from, at) + String.fromCharCode(byte);
      from = at + 3;
    }
    at = text.indexOf('%', byte >= 0 ? from : at + 1);
  }
  return decoded + text.slice(from);
}

/** The byte that the escape at `at` stands for; below 0: it is none. */
function escapedByte(text: string, at: number): number {
  return hexDigit(text.charCodeAt(at + 1)) * 16 + hexDigit(text.charCodeAt(at + 2));
}

/** So far below 0 for what is no digit that no other digit makes it up. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1000;
}

/** The decoded value of the first parameter of that (decoded) name, or undefined. */
export function firstParameter(path: string, name: string): string | undefined {
  const walk = new ParameterWalk(path);
  while (walk.next()) if (decodePercent(walk.name) === name) return decodePercent(walk.value);
  return undefined;
}

/** The same for many names at once, by what stands for each: however many there are, the query is walked over once. */
export function firstParameters<T>(path: string, wanted: ReadonlyMap<string, T>): Map<T, string> {
  const found = new Map<T, string>();
  const walk = new ParameterWalk(path);
  while (found.size < wanted.size && walk.next()) {
    const one = wanted.get(decodePercent(walk.name));
    if (one !== undefined && !found.has(one)) found.set(one, decodePercent(walk.value));
  }
  return found;
}

/**
 * The target without a parameter, its query rebuilt as Envoy rebuilds it: sorted and grouped by decoded name, a bare name with its
 * `=`, no `?` for an empty query. Envoy writes the parameters decoded; here an escape stays as the client spelled it where decoding
 * would change the meaning or break the request line (docs/divergences.md).
 */
export function removeParameter(path: string, name: string): string {
  return editQuery(path, (groups) => groups.delete(name));
}

/** The same as Envoy writes it, decoded whatever comes of it: not to be sent, but what it looks for the next token in. */
export function removeAsEnvoy(path: string, name: string): string {
  return editQueryAsEnvoy(path, (groups) => groups.delete(name));
}

/** The target with its query changed and rebuilt as `removeParameter` rebuilds it. */
export function editQuery(path: string, edit: (groups: ParameterGroups) => void): string {
  return rebuild(path, edit, decodeHarmless);
}

/** The same as Envoy writes it: see `removeAsEnvoy`. */
export function editQueryAsEnvoy(path: string, edit: (groups: ParameterGroups) => void): string {
  return rebuild(path, edit, decodePercent);
}

function rebuild(
  path: string,
  edit: (groups: ParameterGroups) => void,
  decode: (text: string, alsoKept: string) => string,
): string {
  const groups: ParameterGroups = new Map();
  for (const parameter of splitQuery(path)) {
    const key = decodePercent(parameter.name);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [parameter]);
    else group.push(parameter);
  }
  edit(groups);
  const rebuilt = [...groups.keys()]
    .sort(byByte)
    .flatMap((key) => groups.get(key) as RawParameter[])
    .map(({ name, value, isWritten }) =>
      isWritten === true ? `${name}=${value}` : `${decode(name, '=')}=${decode(value, '')}`,
    );
  const bare = withoutQuery(path);
  return rebuilt.length === 0 ? bare : `${bare}?${rebuilt.join('&')}`;
}

/** Byte strings compare by byte; a locale has no say. */
const byByte = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** With a stray `%` about, a decoded digit could make an escape of it, so nothing is decoded. */
function decodeHarmless(text: string, alsoKept: string): string {
  let decoded = '';
  let from = 0;
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 3)) {
    const byte = escapedByte(text, at);
    if (byte < 0) return text;
    const char = String.fromCharCode(byte);
    if (byte <= 32 || byte > 126 || '#&+%'.includes(char) || alsoKept === char) continue;
    decoded += text.slice(from, at) + char;
    from = at + 3;
  }
  return from === 0 ? text : decoded + text.slice(from);
}

/** Is in what Envoy wrote a byte that it then finds it cannot send? It answers 503. */
export function holdsControlByte(path: string): boolean {
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (code === 0x7f || (code < 0x20 && code !== 0x09)) return true;
  }
  return false;
}

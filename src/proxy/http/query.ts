import { withoutQuery } from '../../core/match/index.ts';

/** One parameter of a query as it is spelled there. `value` is empty for a bare name. */
export interface RawParameter {
  name: string;
  value: string;
  /** It is written as it stands here, for it did not come from the client. */
  isWritten?: boolean;
}

/** A query's parameters by their decoded names. */
export type ParameterGroups = Map<string, RawParameter[]>;

/** Splits the query of a request target as Envoy does: at `&`, then at the first `=`; `;` is no separator (utility.cc). */
export function splitQuery(path: string): RawParameter[] {
  const parameters: RawParameter[] = [];
  const question = path.indexOf('?');
  if (question < 0) return parameters;
  for (let at = question + 1; at < path.length; ) {
    const next = path.indexOf('&', at);
    const end = next < 0 ? path.length : next;
    const equals = path.indexOf('=', at);
    if (equals < 0 || equals >= end) parameters.push({ name: path.slice(at, end), value: '' });
    else parameters.push({ name: path.slice(at, equals), value: path.slice(equals + 1, end) });
    at = end + 1;
  }
  return parameters;
}

const ESCAPE = /%([\da-fA-F]{2})/g;

/** Turns `%XX` into its byte; what is no escape stays, `+` stays (envoy.md §3.3). */
export function decodePercent(text: string): string {
  return text.includes('%') ? text.replaceAll(ESCAPE, (_, hex: string) => byteOf(hex)) : text;
}

const byteOf = (hex: string) => String.fromCharCode(Number.parseInt(hex, 16));

/** The decoded value of the first parameter of that (decoded) name, or undefined. */
export function firstParameter(path: string, name: string): string | undefined {
  if (!path.includes('?')) return undefined;
  const found = splitQuery(path).find((parameter) => decodePercent(parameter.name) === name);
  return found === undefined ? undefined : decodePercent(found.value);
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
  if (!text.includes('%') || /%(?![\da-fA-F]{2})/.test(text)) return text;
  return text.replaceAll(ESCAPE, (spelled, hex: string) => {
    const byte = byteOf(hex);
    return byte <= ' ' || byte > '~' || `#&+%${alsoKept}`.includes(byte) ? spelled : byte;
  });
}

/** Is in what Envoy wrote a byte that it then finds it cannot send? It answers 503. */
export function holdsControlByte(path: string): boolean {
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (code === 0x7f || (code < 0x20 && code !== 0x09)) return true;
  }
  return false;
}

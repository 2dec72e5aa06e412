/** The server that the answers are compared for. */
export interface ServerAddress {
  /** Scheme, host, port and path prefix. */
  base: string;
  /** The path prefix alone. */
  prefix: string;
}

const KINDS: readonly [RegExp, string][] = [
  [/^uuid$/, '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'],
  [/^sid$/, '[A-Za-z0-9_-]{24}'],
  [/^kid$/, '[A-Za-z0-9_-]{43}'],
  [/^b64$/, '[A-Za-z0-9+/]+={0,2}'],
  [/^b64url$/, '[A-Za-z0-9_-]+'],
  [/^b64url (\d+)$/, '[A-Za-z0-9_-]{$1}'],
  [/^jwt (\S+) \S+$/, '[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+'],
];

/** Members whose words come in no stable order. */
const WORD_SETS = new Set(['scope']);

/**
 * Compares an answer with what was recorded, in which placeholders stand for what differs from run to run. Objects and lists
 * compare as sets, as the recording's README says.
 * @returns what differs, one line each; empty when nothing does.
 */
export function differences(want: unknown, got: unknown, server: ServerAddress, path = '$'): string[] {
  if (Array.isArray(want)) return listDifferences(want, got, server, path);
  if (isObject(want)) return objectDifferences(want, got, server, path);
  if (typeof want !== 'string') return want === got ? [] : [tell(path, want, got)];
  const isSame = WORD_SETS.has(path.split('.').at(-1) ?? '')
    ? sortWords(want) === sortWords(String(got))
    : matchesText(want, got, server);
  return isSame ? [] : [tell(path, want, got)];
}

function objectDifferences(
  want: Record<string, unknown>,
  got: unknown,
  server: ServerAddress,
  path: string,
): string[] {
  if (!isObject(got)) return [tell(path, want, got)];
  const extra = Object.keys(got).filter((name) => !(name in want));
  return [
    ...extra.map((name) => `${path}.${name}: is there, and was not recorded`),
    ...Object.entries(want).flatMap(([name, value]) => {
      const at = `${path}.${name}`;
      if (!(name in got)) return [`${at}: is missing`];
      const time = timeDifference(value, got[name], got['iat'], at);
      return time ?? differences(value, got[name], server, at);
    }),
  ];
}

/** `<time>` and `<time iat+N>`; null when the recorded value is neither. */
function timeDifference(want: unknown, got: unknown, iat: unknown, path: string): string[] | null {
  const match = typeof want === 'string' ? /^<time(?: iat\+(\d+))?>$/.exec(want) : null;
  if (match === null) return null;
  const offset = match[1];
  const isRight =
    typeof got === 'number' &&
    (offset === undefined ? got > 1e9 : Math.abs(got - Number(iat) - Number(offset)) <= 5);
  return isRight ? [] : [tell(path, want, got)];
}

function listDifferences(want: unknown[], got: unknown, server: ServerAddress, path: string): string[] {
  if (!Array.isArray(got) || got.length !== want.length) return [tell(path, want, got)];
  const left = [...got];
  return want.flatMap((value, index) => {
    const at = left.findIndex((item) => differences(value, item, server).length === 0);
    if (at === -1) return [tell(`${path}[${index}]`, value, left)];
    left.splice(at, 1);
    return [];
  });
}

function matchesText(want: string, got: unknown, server: ServerAddress): boolean {
  const seconds = /^<int seconds (\d+)>$/.exec(want);
  if (seconds !== null) return typeof got === 'number' && Math.abs(got - Number(seconds[1])) <= 5;
  if (want === '<int>') return Number.isInteger(Number(got));
  if (typeof got !== 'string') return false;
  return new RegExp(
    `^${want
      .split(/(<[^<>]+>)/)
      .map((part) => partPattern(part, server))
      .join('')}$`,
  ).test(got);
}

function partPattern(part: string, { base, prefix }: ServerAddress): string {
  if (part === '<base>') return RegExp.escape(base);
  if (part === '<prefix>') return RegExp.escape(prefix);
  const name = /^<(.+)>$/.exec(part)?.[1];
  const kind = name === undefined ? undefined : KINDS.find(([pattern]) => pattern.test(name));
  if (name === undefined || kind === undefined) return RegExp.escape(part);
  return name.replace(...kind);
}

const sortWords = (text: string) => text.split(' ').toSorted().join(' ');

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function tell(path: string, want: unknown, got: unknown): string {
  return `${path}: ${JSON.stringify(got)?.slice(0, 200)} where ${JSON.stringify(want).slice(0, 200)} was recorded`;
}

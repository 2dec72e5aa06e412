import type { Answer, DifferentialCase, PlayedRequest } from './case.ts';
import { compareAnswers, type Difference, isAdmission } from './compare.ts';
import { type Substitution, substituteLaxTokens } from './lax-tokens.ts';

/** A disagreement as the rows see it. */
export interface Disagreement {
  one: DifferentialCase;
  request: PlayedRequest;
  envoy: Answer;
  jotgate: Answer;
  differences: readonly Difference[];
}

/** A row of docs/divergences.md that tells from the answers alone whether it explains a disagreement. */
interface Row {
  id: string;
  explains(disagreement: Disagreement): boolean;
}

const only = ({ differences }: Disagreement, ...parts: string[]) =>
  differences.every(({ part }) => parts.includes(part));

/** As often as there is an escape: what is one in a value is escaped once more where it is written into a query. */
function decodeAll(text: string): string {
  const decoded = text.replaceAll(/%([\da-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return decoded === text ? text : decodeAll(decoded);
}

const takesTokensOut = ({ manager }: DifferentialCase) => JSON.stringify(manager).includes('jwt_authn');

/** All that shows of a target: the origin's, what a rewriting keeps of it, and where a header or a body says it again. */
const wordsOf = ({ origin, headers, body }: Answer) =>
  [
    origin?.target,
    ...(origin?.fields ?? []),
    ...headers.filter((line) => !line.startsWith('content-length: ')),
    body,
  ].join('\n');

const isControl = (char: string) => char !== '\t' && (char < ' ' || char === '\u007f');
/** RFC 9110 §5.1: a name is a token. */
const isNoField = (line: string) => !/^[!#$%&'*+.^`|~\w-]+:/.test(line) || [...line].some(isControl);

const ROWS: readonly Row[] = [
  {
    /** A query that a token was taken out of keeps the client's escapes. */
    id: 'Q1',
    explains(disagreement) {
      const { envoy, jotgate, one } = disagreement;
      if (!only(disagreement, 'header', 'body', 'origin target', 'origin field')) return false;
      const [a, b] = [envoy, jotgate].map((answer) => decodeAll(wordsOf(withoutQueryInRealm(answer))));
      return takesTokensOut(one) && a === b;
    },
  },
  {
    /** A response line that is no field is left out. */
    id: 'Q19',
    explains: ({ differences }) =>
      differences.every(
        ({ part, envoy, jotgate }) => part === 'header' && jotgate === '' && isNoField(envoy),
      ),
  },
  {
    /** What is wrong with a request that could not be read is told more closely. */
    id: 'Q17',
    explains({ differences }) {
      const unread = (text: string) => text.replaceAll(/\bhttp1\.\w+/g, 'http1.codec_error');
      return differences.every(
        ({ part, envoy, jotgate }) =>
          (part === 'header' || part === 'body') && unread(envoy) === unread(jotgate),
      );
    },
  },
  {
    /** A path that a rewriting made and no request line can hold is not sent. */
    id: 'H15',
    explains({ envoy, jotgate }) {
      const target = envoy.origin?.target ?? '';
      return jotgate.origin === null && target !== '' && !/^[!-~]+$/.test(target);
    },
  },
  {
    /** A head with several faults is told of the one that is met first. */
    id: 'H17',
    explains({ envoy, jotgate, request }) {
      const others = request.version === '1.0' ? [400, 403, 431] : [431];
      return others.includes(envoy.status) && [400, 426].includes(jotgate.status) && jotgate.origin === null;
    },
  },
  {
    /** A body may have come before a reply or after it. */
    id: 'Q13',
    explains({ differences, request }) {
      const isClose = (text: string) => text === '' || text === 'connection: close';
      return (
        Boolean(request.body) &&
        differences.every(
          ({ part, envoy, jotgate }) => part === 'header' && isClose(envoy) && isClose(jotgate),
        )
      );
    },
  },
];

/** The rows that explain a disagreement without asking anybody; empty: none. */
export function rowsOf(disagreement: Disagreement): string[] {
  if (isAdmission(disagreement.envoy, disagreement.jotgate)) return [];
  const rows = ROWS.filter((row) => row.explains(disagreement)).map(({ id }) => id);
  return rows.length > 0 ? rows : rowsBesideLeftOut(disagreement);
}

/** The rows that explain the rest, where a response line that is no field is left out (Q19). */
function rowsBesideLeftOut(disagreement: Disagreement): string[] {
  const { jotgate } = disagreement;
  const headers = disagreement.envoy.headers.filter((line) => !isNoField(line));
  if (headers.length === disagreement.envoy.headers.length) return [];
  const envoy = { ...disagreement.envoy, headers };
  const rest = { ...disagreement, envoy, differences: compareAnswers(envoy, jotgate) };
  const rows = ROWS.filter((row) => row.explains(rest)).map(({ id }) => id);
  return rows.length === 0 ? [] : ['Q19', ...rows];
}

/**
 * The rows about tokens (T, K): Envoy is asked again with the lax token broken outright, and jotgate must have said that.
 * @param askEnvoy answers for another request of the same case
 */
export async function rowsOfTokens(
  { one, request, jotgate }: Disagreement,
  askEnvoy: (request: PlayedRequest) => Promise<Answer>,
): Promise<string[]> {
  for (const substitution of substituteLaxTokens(request, one)) {
    const envoy = restore(await askEnvoy(substitution.request), substitution);
    const differences = compareAnswers(withoutQueryInRealm(envoy), withoutQueryInRealm(jotgate));
    if (differences.length === 0) return substitution.rows;
    const rest = rowsOf({ one, request, envoy, jotgate, differences });
    if (rest.length > 0) return [...substitution.rows, ...rest];
    if (onlyFailuresDiffer(differences, one)) return substitution.rows;
  }
  return [];
}

/**
 * Which of a request's failures is the one in its metadata is not told by breaking a token for every requirement alike: jotgate refuses it
 * only where Envoy takes it.
 */
function onlyFailuresDiffer(differences: readonly Difference[], { manager }: DifferentialCase): boolean {
  const text = JSON.stringify(manager);
  const keys = [...text.matchAll(/"failed_status_in_metadata":"([^"]*)"/g)].map(([, key]) => key);
  const told = [...text.matchAll(/"key":"([^"]*)","value":"%DYNAMIC_METADATA\(([^)]*)\)%"/g)]
    .filter(([, , path]) => keys.some((key) => path?.startsWith(`envoy.filters.http.jwt_authn:${key}`)))
    .map(([, name]) => `${name?.toLowerCase()}: `);
  return differences.every(
    ({ part, envoy, jotgate }) =>
      (part === 'header' || part === 'origin field') &&
      [envoy, jotgate].every((line) => told.some((name) => line.startsWith(name))),
  );
}

/**
 * The rows about what a request left behind though the answers are alike: its tokens (T, K), or what was wrong with a request that could
 * not be read (Q17).
 */
export function rowsOfLog(
  differences: readonly Difference[],
  request: PlayedRequest,
  one: DifferentialCase,
): string[] {
  const isUnread = ({ part, envoy, jotgate }: Difference) =>
    part === 'details' && envoy === 'http1.codec_error' && jotgate.startsWith('http1.');
  if (differences.every(isUnread)) return ['Q17'];
  const isRespelled = ({ part, envoy, jotgate }: Difference) =>
    part.startsWith('metadata') && decodeAll(envoy) === decodeAll(jotgate);
  if (takesTokensOut(one) && differences.every(isRespelled)) return ['Q1'];
  const [first] = substituteLaxTokens(request, one);
  return first?.rows ?? [];
}

/** Puts the tokens that were sent back where their substitutes show up in an answer. */
function restore(answer: Answer, { replaced }: Substitution): Answer {
  const put = (text: string) =>
    replaced.reduce((all, { before, after }) => all.replaceAll(after, before), text);
  const { origin } = answer;
  return {
    ...answer,
    body: put(answer.body),
    headers: answer.headers.map(put),
    origin: origin && {
      ...origin,
      host: put(origin.host),
      target: put(origin.target),
      fields: origin.fields.map(put),
    },
  };
}

/** A realm is cut at 256 characters, in the midst of a token; formats say it again, in JSON too. */
function withoutQueryInRealm(answer: Answer): Answer {
  const cut = (text: string) => text.replaceAll(/(realm=\\?"[^?]*)\?[^"\\]*/g, '$1?');
  return { ...answer, body: cut(answer.body), headers: answer.headers.map(cut) };
}

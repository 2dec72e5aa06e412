import { pseudoHeader } from '../../core/match/index.ts';
import type { HeaderList } from '../http/header-list.ts';
import { firstParameter } from '../http/query.ts';
import type { RequestHead } from '../http/request-head.ts';
import type { FormatSource } from './format-source.ts';
import { type FormatError, type Operator, operator } from './operator.ts';

/** A header as matchers and formats name it: the first line of that name, or what stands behind a pseudo-header. */
export function headerOf(request: RequestHead, name: string): string | undefined {
  return pseudoHeader(request, name) ?? request.headers.get(name);
}

/** No name is one as well, and nothing has it. */
const isName = (name: string) => name === '' || /^:?[\w!#$%&'*+.^`|~-]+$/.test(name);

type Names = [first: string, second: string | undefined];

/** `X?Y`: the first line of X, or of Y where X is missing. */
function splitNames(argument: string): Names | FormatError {
  const [first = '', second, more] = argument.toLowerCase().split('?');
  if (more !== undefined)
    return { error: `more than 1 alternative header specified in token: ${argument}`, envoy: 'refuses' };
  if (!isName(first) || !isName(second ?? ''))
    return { error: 'format string contains invalid characters', envoy: 'refuses' };
  return [first, second];
}

/** `%REQ(X?Y)%`. */
export function compileRequestHeader(argument: string): Operator | FormatError {
  const names = splitNames(argument);
  if ('error' in names) return names;
  const [first, second] = names;
  if (second === undefined) return operator(({ request }) => headerOf(request, first));
  return operator(({ request }) => headerOf(request, first) ?? headerOf(request, second));
}

/** `%RESP(X?Y)%`. */
export function compileResponseHeader(argument: string): Operator | FormatError {
  const names = splitNames(argument);
  if ('error' in names) return names;
  const [first, second] = names;
  return operator(({ progress }) => {
    const headers = progress?.responseHeaders ?? null;
    if (progress === undefined || headers === null) return undefined;
    const find = (name: string) => responseHeaderOf(headers, progress.headStatus, name);
    return find(first) ?? (second === undefined ? undefined : find(second));
  });
}

function responseHeaderOf(headers: HeaderList, status: number, name: string): string | undefined {
  return name === ':status' ? String(status) : headers.get(name);
}

const ORIGINAL = 'x-envoy-original-path';
const SOURCES: Readonly<Record<string, (request: RequestHead) => string | undefined>> = {
  ORIG: ({ headers }) => headers.get(ORIGINAL) || undefined,
  PATH: ({ path }) => path || undefined,
  ORIG_OR_PATH: ({ path, headers }) => headers.get(ORIGINAL) || path || undefined,
};

/** `%PATH(WQ:ORIG)%`: with (WQ) or without (NQ) its query, as it came or as it was rewritten; what follows is not read. */
export function compilePath(argument: string): Operator | FormatError {
  const [query = '', written = ''] = argument.split(':');
  const source = written === '' ? 'ORIG_OR_PATH' : written;
  if (query !== '' && query !== 'WQ' && query !== 'NQ')
    return { error: `invalid PATH option: '${query}', only 'WQ'/'NQ' are allowed`, envoy: 'refuses' };
  const find = SOURCES[source];
  if (find === undefined)
    return {
      error: `invalid PATH option: '${source}', only 'ORIG'/'PATH'/'ORIG_OR_PATH' are allowed`,
      envoy: 'refuses',
    };
  if (query !== 'NQ') return operator(({ request }) => find(request));
  return operator(({ request }) => find(request)?.split('?', 1)[0]);
}

/** `%QUERY_PARAM(name)%`, decoded. */
export function compileQueryParameter(name: string): Operator {
  return operator(({ request }: FormatSource) => firstParameter(request.path, name));
}

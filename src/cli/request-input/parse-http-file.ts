import { EXIT } from '../exit-code.ts';
import { UserError } from '../io.ts';
import { HttpVariables } from './http-variables.ts';
import type { WrittenRequest } from './written-request.ts';

const REQUEST = /^(?:([A-Za-z]+)\s+)?(\S+)(?:\s+HTTP\/\d(?:\.\d)?)?\s*$/;
const HEADER = /^([!#$%&'*+\-.^_`|~\dA-Za-z]+):\s?(.*)$/;
const COMMENT = /^\s*(#|\/\/)/;
/** What editors do with the response. */
const RESPONSE_PART = /^(?:>\s*\{%|>>?!?\s+\S|<>\s)/;

interface Draft extends WrittenRequest {
  headers: string[];
  /** Its lines; null: part of it is not here. */
  body: string[] | null;
}

/**
 * Parses an `.http` file as editors have it: requests between lines of `###`, each a request line, header lines, an empty line and a
 * body, of which the length counts; `#` and `//` start comments, `@name = value` a variable, `{{name}}` stands for it.
 * @param given values of variables by name, which win over those of the file
 * @throws UserError with the line that is none of these, or with the variable that has no value or whose use makes the file too long
 */
export function parseHttpFile(
  text: string,
  name: string,
  given: ReadonlyMap<string, string> = new Map(),
): WrittenRequest[] {
  const lines = text.split(/\r?\n/);
  const variables = new HttpVariables(lines, given);
  const drafts: Draft[] = [];
  let open: Draft | null = null;
  let part: 'head' | 'body' | 'rest' = 'head';
  for (const [index, raw] of lines.entries()) {
    const fill = (onUnknown = (variable: string): void => refuseVariable(name, index, variable)) =>
      variables.fillIn(raw, { onUnknown, onTooLong: () => refuseLength(name, index) });
    if (raw.startsWith('###')) {
      open = null;
      part = 'head';
    } else if (part === 'rest') {
    } else if (open !== null && part === 'body') {
      if (RESPONSE_PART.test(raw)) part = 'rest';
      else addToBody(open, raw, fill);
    } else if (variables.take(raw) || COMMENT.test(raw)) {
    } else if (open === null) {
      if (raw.trim() === '') continue;
      open = startRequest(fill(), name, index);
      drafts.push(open);
    } else if (raw.trim() === '') part = 'body';
    else addToHead(open, fill(), name, index);
  }
  if (drafts.length === 0) throw new UserError(`${name} has no request`, EXIT.wrongUse);
  return drafts.map(finish);
}

function startRequest(line: string, name: string, index: number): Draft {
  const found = REQUEST.exec(line);
  if (found === null) throw wrongLine(name, index, 'no request line, `METHOD URL`');
  return { method: found[1] ?? 'GET', url: found[2] as string, headers: [], body: [] };
}

function addToHead(open: Draft, line: string, name: string, index: number): void {
  if (/^\s+[?&]/.test(line) && open.headers.length === 0) {
    open.url += line.trim();
    return;
  }
  const found = HEADER.exec(line);
  if (found === null) throw wrongLine(name, index, 'no header, `name: value`');
  open.headers.push(`${found[1]}: ${found[2]}`);
}

/** A body with a file or with a variable that nobody knows is of a length that nobody knows. */
function addToBody(open: Draft, raw: string, fill: (onUnknown: () => void) => string): void {
  const filled = fill(() => {
    open.body = null;
  });
  if (/^<@?\w*\s+\S/.test(raw)) open.body = null;
  open.body?.push(filled);
}

function finish({ method, url, headers, body }: Draft): WrittenRequest {
  const length = body === null ? null : Buffer.byteLength(bodyText(body, headers));
  const isFramed = headers.some((line) => /^(?:content-length|transfer-encoding):/i.test(line));
  const framing = isFramed || length === null || length === 0 ? [] : [`content-length: ${length}`];
  const hasPlace = url === '*' || url.startsWith('/') || /^[a-z]+:\/\//i.test(url);
  return { method, url: hasPlace ? url : `http://${url}`, headers: [...headers, ...framing] };
}

/** Empty lines at its end separate it from what follows; a form may be written one field a line. */
function bodyText(lines: readonly string[], headers: readonly string[]): string {
  const end = lines.findLastIndex((line) => line.trim() !== '') + 1;
  const isForm = headers.some((line) => /^content-type:\s*application\/x-www-form-urlencoded/i.test(line));
  return lines.slice(0, end).join(isForm ? '' : '\n');
}

function refuseVariable(name: string, index: number, variable: string): never {
  throw new UserError(
    `${name}:${index + 1}: the variable \`${variable}\` has no value; give it one in the file, on a line that starts with \`@${variable}\`, or with --var`,
    EXIT.wrongUse,
  );
}

function refuseLength(name: string, index: number): never {
  throw new UserError(`${name}:${index + 1}: its variables make the file longer than 16 MiB`, EXIT.wrongUse);
}

const wrongLine = (name: string, index: number, what: string) =>
  new UserError(`${name}:${index + 1} is ${what}`, EXIT.wrongUse);

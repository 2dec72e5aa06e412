import { EXIT } from '../exit-code.ts';
import { UserError } from '../io.ts';
import type { WrittenRequest } from './written-request.ts';

const REQUEST = /^(?:([A-Za-z]+)\s+)?(\S+)(?:\s+HTTP\/\d(?:\.\d)?)?\s*$/;
const HEADER = /^([!#$%&'*+\-.^_`|~\dA-Za-z]+):\s?(.*)$/;

/**
 * Parses an `.http` file as editors have it: requests between lines of `###`, each a request line, header lines, an empty line and a
 * body, which nothing looks at; `#` and `//` start comments, `@name = value` a variable, `{{name}}` stands for it.
 * @throws UserError with the line that is none of these
 */
export function parseHttpFile(text: string, name: string): WrittenRequest[] {
  const variables = new Map<string, string>();
  const requests: WrittenRequest[] = [];
  let open: { method: string; url: string; headers: string[] } | null = null;
  let inBody = false;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = replaceVariables(raw, variables);
    const variable = /^@([\w-]+)\s*=\s*(.*)$/.exec(line);
    if (line.startsWith('###')) {
      open = null;
      inBody = false;
    } else if (inBody || (open === null && line.trim() === '')) {
    } else if (variable !== null) variables.set(variable[1] as string, (variable[2] as string).trim());
    else if (/^\s*(#|\/\/)/.test(line)) {
    } else if (open === null) {
      const found = REQUEST.exec(line);
      if (found === null) throw wrongLine(name, index, 'no request line, `METHOD URL`');
      open = { method: found[1] ?? 'GET', url: found[2] as string, headers: [] };
      requests.push(open);
    } else if (line.trim() === '') inBody = true;
    else if (/^\s+[?&]/.test(line) && open.headers.length === 0) open.url += line.trim();
    else {
      const found = HEADER.exec(line);
      if (found === null) throw wrongLine(name, index, 'no header, `name: value`');
      open.headers.push(`${found[1]}: ${found[2]}`);
    }
  }
  if (requests.length === 0) throw new UserError(`${name} has no request`, EXIT.wrongUse);
  return requests;
}

const replaceVariables = (line: string, variables: ReadonlyMap<string, string>) =>
  line.replaceAll(/\{\{\s*([\w-]+)\s*\}\}/g, (whole, key: string) => variables.get(key) ?? whole);

const wrongLine = (name: string, index: number, what: string) =>
  new UserError(`${name}:${index + 1} is ${what}`, EXIT.wrongUse);

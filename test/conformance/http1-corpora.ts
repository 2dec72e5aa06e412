import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One case of a corpus: bytes that a client sends, and whether their authors refuse them. */
export interface Http1Case {
  name: string;
  bytes: Buffer;
  invalid: boolean;
}

/** llhttp's: a line ends in CRLF unless it says `\r` or `\n` itself. */
export function readLlhttp(folder: string): Http1Case[] {
  const cases = JSON.parse(readFileSync(join(folder, 'requests.json'), 'utf8')) as {
    file: string;
    title: string;
    source: string;
    expected: string[];
  }[];
  return cases.map(({ file, title, source, expected }, index) => ({
    name: `${index} ${file}: ${title}`,
    bytes: Buffer.from(withHosts(Buffer.from(unescapeLlhttp(source), 'utf8').toString('latin1')), 'latin1'),
    invalid: expected.some((line) => line.includes('error code')),
  }));
}

function unescapeLlhttp(source: string): string {
  return source
    .replaceAll(/\\[rn]\n/g, (end) => end.slice(0, 2))
    .replaceAll(/(?<!\\[rn])\n/g, '\r\n')
    .replaceAll('\\r', '\r')
    .replaceAll('\\n', '\n')
    .replaceAll('\\t', '\t')
    .replaceAll('\\f', '\f')
    .replaceAll(/\\x([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** gunicorn's: real line feeds are for the eye, `\r\n` and the like are meant. */
export function readGunicorn(folder: string, kind: 'valid' | 'invalid'): Http1Case[] {
  return readdirSync(join(folder, kind))
    .filter((file) => file.endsWith('.http'))
    .sort()
    .map((file) => ({
      name: `${kind}/${file}`,
      bytes: unescapeGunicorn(readFileSync(join(folder, kind, file), 'latin1')),
      invalid: kind === 'invalid',
    }));
}

function unescapeGunicorn(text: string): Buffer {
  const plain = text
    .replaceAll(/\r?\n/g, '')
    .replaceAll('\\r', '\r')
    .replaceAll('\\n', '\n')
    .replaceAll('\\t', '\t')
    .replaceAll('\\0', '\0')
    .replaceAll(/\\x([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(withHosts(plain), 'latin1');
}

/** Adds Host where a request has none, so that a case is refused for what it is about and not for that. */
function withHosts(text: string): string {
  return text.replaceAll(
    /^([A-Z-]+ [^\r\n]+ HTTP\/1\.[01]\r\n)((?:[^\r\n]+\r\n)*)/gm,
    (all, line: string, fields: string) =>
      /^host[ \t]*:/im.test(fields) ? all : `${line}Host: added.test\r\n${fields}`,
  );
}

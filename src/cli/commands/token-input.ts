import type { CliIo } from '../io.ts';
import { readBytes } from '../read-file.ts';

/** A token from the command line: the text itself, `@FILE`, or `-` for the standard input. A leading `Bearer ` does not count. */
export async function readToken(argument: string, io: CliIo): Promise<string> {
  const text = argument.startsWith('@') ? readTextFile(argument.slice(1)) : argument;
  const token = argument === '-' ? await io.readStdin() : text;
  return token.trim().replace(/^Bearer +/i, '');
}

/** @throws UserError when the file cannot be read. */
export const readTextFile = (path: string): string => readBytes(path, 'file').toString('utf8');

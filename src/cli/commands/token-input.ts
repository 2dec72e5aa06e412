import { readFileSync } from 'node:fs';
import { EXIT } from '../exit-code.ts';
import { type CliIo, UserError } from '../io.ts';

/** A token from the command line: the text itself, `@FILE`, or `-` for the standard input. A leading `Bearer ` does not count. */
export async function readToken(argument: string, io: CliIo): Promise<string> {
  const text = argument.startsWith('@') ? readTextFile(argument.slice(1)) : argument;
  const token = argument === '-' ? await io.readStdin() : text;
  return token.trim().replace(/^Bearer +/i, '');
}

/** One sentence instead of a stack when the file cannot be read. */
export function readTextFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : String(error);
    throw new UserError(`cannot read \`${path}\`: ${reason}`, EXIT.wrongUse);
  }
}

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readToEnd } from '../platform/index.ts';
import { EXIT } from './exit-code.ts';
import { UserError } from './io.ts';

const MEBIBYTE = 1024 * 1024;
/** No configuration that is meant is longer, and the process must not die of one. */
const BYTES_MAX = 64 * MEBIBYTE;
/** Longer texts cannot be held as one. */
const LOG_BYTES_MAX = 500 * MEBIBYTE;

/** @throws UserError that names the file and says what to do when it cannot be read, or is too long. */
export function readBytes(file: string, what: string): Buffer {
  const max = what === 'access log' ? LOG_BYTES_MAX : BYTES_MAX;
  return orRefuse(file, what, () => {
    try {
      return readToEnd(file, max);
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'EFBIG' ? tooLong(file, what, max) : error;
    }
  });
}

function tooLong(file: string, what: string, max: number): UserError {
  const text = `the ${what} \`${file}\` is longer than ${max / MEBIBYTE} MiB; check the path, or split it`;
  return new UserError(text, EXIT.wrongUse);
}

/** A file is itself, a folder all YAML and JSON in it by name, and what is hidden is not. `-` is itself. */
export function filesIn(path: string, what: string): string[] {
  if (path === '-' || !isFolder(path, what)) return [path];
  const names = orRefuse(path, what, () => readdirSync(path, { recursive: true, encoding: 'utf8' }));
  const found = names
    .filter((name) => /\.(?:ya?ml|json)$/.test(name) && !/(?:^|\/)\./.test(name))
    .sort()
    .map((name) => join(path, name))
    .filter((file) => !isFolder(file, what));
  if (found.length > 0) return found;
  throw new UserError(`the folder \`${path}\` has no YAML and no JSON; check the path`, EXIT.wrongUse);
}

function isFolder(path: string, what: string): boolean {
  return orRefuse(path, what, () => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true);
}

function orRefuse<T>(path: string, what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UserError(`cannot read the ${what} \`${path}\`: ${whyUnreadable(code)}`, EXIT.wrongUse);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; check the path',
  ENOTDIR: 'a part of the path is a file and no folder; check the path',
  ELOOP: 'its symbolic links lead in a circle; check the path',
  EISDIR: 'it is a folder; name a file in it',
  EACCES: 'this user may not read it; change its permissions or the user',
  EPERM: 'this user may not read it; change its permissions or the user',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB; check the path',
};

/** What an error code of the file system means, and what to do about it. */
export function whyUnreadable(code: string): string {
  return REASONS[code] ?? `${code}; check the path`;
}

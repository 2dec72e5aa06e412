import { isAbsolute, join } from 'node:path';

/** Names of files are relative to the folder of the file that has them. */
export const pathIn = (folder: string, name: string): string =>
  isAbsolute(name) ? name : join(folder, name);

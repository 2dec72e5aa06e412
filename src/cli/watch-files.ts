import { type FSWatcher, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';

/** Editors write a file in several steps: what follows so soon belongs to the same change. */
const QUIET_MS = 100;

export interface FileWatch {
  close(): void;
}

/**
 * Tells when something has happened to files, or to anything in folders. Folders are watched, not files: a file that is replaced is
 * another file. What has happened is for the caller to find out. Does not keep the process.
 */
export function watchFiles(paths: readonly string[], onChange: () => void): FileWatch {
  let timer: NodeJS.Timeout | undefined;
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(onChange, QUIET_MS).unref();
  };
  const watchers = [...foldersOf(paths)].flatMap(([folder, recursive]) =>
    watchFolder(folder, recursive, changed),
  );
  return {
    close: () => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

function foldersOf(paths: readonly string[]): ReadonlyMap<string, boolean> {
  const folders = new Map<string, boolean>();
  for (const path of paths) {
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    const folder = isFolder ? path : dirname(path);
    folders.set(folder, isFolder || folders.get(folder) === true);
  }
  return folders;
}

/** A folder that cannot be watched is not: its files are then read once. */
function watchFolder(folder: string, recursive: boolean, onChange: () => void): FSWatcher[] {
  try {
    const watcher = watch(folder, { recursive, persistent: false }, onChange);
    return [watcher.on('error', () => watcher.close())];
  } catch {
    return [];
  }
}

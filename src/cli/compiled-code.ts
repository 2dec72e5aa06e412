import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Lets Node keep what it compiled for the next start, which saves a tenth of a second. The folder is the user's own
 * (`XDG_CACHE_HOME`, else `~/.cache`), never a shared one, as code is read from it; `NODE_DISABLE_COMPILE_CACHE=1` turns it off. Where
 * it cannot be written nothing is kept.
 */
export function keepCompiledCode(env: Readonly<Record<string, string | undefined>>): void {
  if (env['NODE_COMPILE_CACHE'] !== undefined) return;
  const home = env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  enableCompileCache(join(home, 'jotgate', 'compiled'));
}

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What one run of wrk saw. */
export interface LoadResult {
  readonly requests: number;
  readonly notOk: number;
  readonly socketErrors: number;
  readonly requestsPerSecond: number;
}

export interface Load {
  readonly core: number;
  readonly port: number;
  readonly seconds: number;
  readonly connections: number;
  /** A token for all requests, a file of tokens to be sent once each, from the one after `skip` on, or none. */
  readonly tokens: { token: string } | { file: string; skip: number } | null;
}

const run = promisify(execFile);
const PATH = '/users/demo/data/funnel/Update?query=coord%20within';

/** Sends requests by wrk from `core` for `seconds`, or until the file of tokens is used up. */
export async function sendLoad(load: Load, folder: string): Promise<LoadResult> {
  const script = join(folder, 'load.lua');
  writeFileSync(script, renderScript(load.tokens));
  const { stdout } = await run('taskset', [
    ...['-c', String(load.core), 'wrk', '-t', '1', '-c', String(load.connections)],
    ...['-d', `${load.seconds}s`, '--timeout', '10s', '-s', script, `http://127.0.0.1:${load.port}${PATH}`],
  ]);
  return parseWrk(stdout);
}

function renderScript(tokens: Load['tokens']): string {
  if (tokens === null) return '';
  if ('token' in tokens) return `wrk.headers["authorization"] = "Bearer ${tokens.token}"\n`;
  return `
local tokens
local head
function init(args)
  tokens = io.open(${JSON.stringify(tokens.file)}, "r")
  for _ = 1, ${tokens.skip} do tokens:read("*l") end
  head = "GET " .. wrk.path .. " HTTP/1.1\\r\\nhost: " .. wrk.host .. ":" .. wrk.port .. "\\r\\nauthorization: Bearer "
end
function request()
  local token = tokens:read("*l")
  if token == nil then
    wrk.thread:stop()
    return "GET " .. wrk.path .. " HTTP/1.1\\r\\nhost: " .. wrk.host .. "\\r\\n\\r\\n"
  end
  return head .. token .. "\\r\\n\\r\\n"
end
`;
}

function parseWrk(text: string): LoadResult {
  const number = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0);
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text);
  return {
    requests: number(/(\d+) requests in/),
    notOk: number(/Non-2xx or 3xx responses: (\d+)/),
    socketErrors: (errors ?? []).slice(1).reduce((sum, count) => sum + Number(count), 0),
    requestsPerSecond: number(/Requests\/sec:\s+([\d.]+)/),
  };
}

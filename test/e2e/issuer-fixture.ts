import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ManualClock, silentLogger } from '../../src/base/index.ts';
import {
  loadRealm,
  type RunningIssuer,
  type StartIssuerOptions,
  startIssuer,
} from '../../src/server/issuer/index.ts';

export const realmFile = join(import.meta.dirname, '../../examples/01-front-proxy/realm-funnel.json');

/** The moment at which the article's token was issued. */
export const ARTICLE_TIME_MS = 1_666_256_850_000;

interface IssuerFixture {
  running: RunningIssuer;
  clock: ManualClock;
  /** Posts a form to the token endpoint. */
  token(form: Record<string, string>, headers?: Record<string, string>): Promise<TokenAnswer>;
  login(form?: Record<string, string>): Promise<TokenAnswer>;
  get(path: string): Promise<Response>;
  close(): Promise<void>;
}

export interface TokenAnswer {
  status: number;
  headers: Headers;
  text: string;
  body: Record<string, string>;
}

type Settings = Record<string, unknown>;

/** The realm of the example, with some of its settings changed. */
export async function loadFunnel(changes: Settings = {}) {
  const realm = JSON.parse(readFileSync(realmFile, 'utf8')) as Settings;
  const text = JSON.stringify({ ...realm, ...changes });
  const loaded = await loadRealm({ name: 'realm-funnel.json', text });
  if (loaded.realm === null) throw new Error(JSON.stringify(loaded.findings));
  return loaded.realm;
}

const started: RunningIssuer[] = [];

/** For a file's last hook: no issuer outlives its tests. */
export async function closeFixtures(): Promise<void> {
  await Promise.all(started.map((running) => running.close()));
}

export async function startFixture(
  options: Partial<StartIssuerOptions> & { changes?: Settings; startMs?: number } = {},
): Promise<IssuerFixture> {
  const { changes, startMs = Date.now(), ...rest } = options;
  const clock = new ManualClock(startMs);
  const realms = [await loadFunnel(changes)];
  const running = await startIssuer({ realms, clock, logger: silentLogger, ...rest });
  started.push(running);
  const realmUrl = `${running.url}/realms/funnel`;
  const token: IssuerFixture['token'] = async (form, headers = {}) => {
    const url = `${realmUrl}/protocol/openid-connect/token`;
    const response = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(form) });
    const text = await response.text();
    const { status } = response;
    return { status, headers: response.headers, text, body: JSON.parse(text) as Record<string, string> };
  };
  const login: IssuerFixture['login'] = (form = {}) =>
    token({ client_id: 'service', grant_type: 'password', username: 'demo', password: 'abcd1234', ...form });
  return {
    running,
    clock,
    token,
    login,
    get: (path) => fetch(realmUrl + path),
    close: () => running.close(),
  };
}

/** A segment of a compact JWS as text. */
export function segmentText(token: string | undefined, index: number): string {
  return Buffer.from(token?.split('.')[index] ?? '', 'base64url').toString();
}

export const refresh = (token: string | undefined, more: Record<string, string> = {}) => ({
  client_id: 'service',
  grant_type: 'refresh_token',
  refresh_token: token ?? '',
  ...more,
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../src/base/index.ts';
import { playOnce } from '../src/cli/play-branches.ts';
import { findRemedies, type Remedies } from '../src/cli/remedies/find-remedies.ts';
import { createKeyedWorld, type KeyedWorld } from '../src/cli/remedies/keyed-world.ts';
import { isJsonObject, type JsonObject, parseJwks, parseToken } from '../src/core/jwt/index.ts';
import { nodeCrypto } from '../src/platform/index.ts';
import { buildRequestHead, type RequestWords, type Verdict } from '../src/proxy/rehearsal/index.ts';
import type { PlayedRequest } from './differential/case.ts';
import { findFeatures } from './differential/features.ts';
import { type CompiledCase, compileCase, keysOf } from './differential/gate-side.ts';
import { generateCase } from './differential/generate-case.ts';
import { createKeyPool, type KeyPool, type PoolKey } from './differential/keys.ts';
import { keysOfText } from './differential/lax-tokens.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const WANTED = 1000;
/** Fewer than `why` itself plays: what is told has to be right, not complete. */
const TRIES = 25;
const clock = new ManualClock(NOW);
const NOTHING_DRAWN = { randomValue: 0, draws: [] };

type Runnable = Extract<CompiledCase, { compiled: object }>;

const connection = {
  remoteAddress: '127.0.0.1',
  remotePort: 1,
  localAddress: '127.0.0.1',
  localPort: 0,
  serverName: '',
  tls: false,
};

const wordsOf = ({ method, target, host, headers }: PlayedRequest): RequestWords => ({
  method,
  scheme: 'http',
  authority: host,
  path: target,
  headers,
});

const passes = ({ status }: Verdict) => status === null || (status > 0 && status < 400);

/** Remedies find limits as they are before anybody has come, and so does this. */
async function play({ compiled }: Runnable, words: RequestWords, from = connection): Promise<Verdict> {
  const rehearsal = { request: buildRequestHead(words), connection: from };
  return (await playOnce(compiled, rehearsal, clock, null)).verdict;
}

/** A token's claims under a real key of the provider's set; null where the pool has none that the set takes. */
function signForReal(claims: JsonObject, jwks: string, pool: KeyPool): string | null {
  const set = parseJwks(jwks, nodeCrypto);
  if (typeof set === 'number') return null;
  const members = keysOfText(jwks).filter(isJsonObject);
  for (const key of set.keys) {
    const own = pool.published.find((one) => isSameKey(one, members[key.index] ?? {}));
    const algorithm = own?.algorithms.find((name) => key.accepts.has(name as never));
    if (key.refusal !== null || own === undefined || algorithm === undefined) continue;
    const header = { alg: algorithm, ...(key.kid === '' ? {} : { kid: key.kid }) };
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${encode(header)}.${encode(claims)}`;
    return `${signed}.${own.sign(signed, algorithm).toString('base64url')}`;
  }
  return null;
}

const isSameKey = ({ jwk }: PoolKey, published: JsonObject): boolean =>
  Object.entries(jwk).every(([name, value]) => published[name] === value);

/** The words with every made-up token signed anew by a key that the gate knows. */
function withRealTokens(
  words: RequestWords,
  remedy: Remedies['found'][number],
  { keys, prefixes, pool }: Signing,
) {
  let text = JSON.stringify(words);
  for (const { token } of remedy.tokens) {
    if (token === null) continue;
    const jwks = keys(token.provider);
    const made = text.match(/[\w-]{8,}\.[\w-]+\.[\w-]+/g)?.find((one) => {
      const parsed = parseToken(one);
      return (
        typeof parsed !== 'number' &&
        isMadeUp(parsed.header) &&
        JSON.stringify(parsed.payload) === JSON.stringify(token.claims)
      );
    });
    const real = jwks === null ? null : signForReal(token.claims, jwks, pool);
    if (made === undefined || real === null || prefixes.some((prefix) => real.includes(prefix))) return null;
    text = text.replace(made, () => real);
  }
  return JSON.parse(text) as RequestWords;
}

/** A request may have a token of the same claims by itself. */
const isMadeUp = ({ kid }: { readonly kid?: unknown }) => String(kid).startsWith('jotgate-why-');

interface Signing {
  keys: KeysOf;
  /** What a token of some provider comes after, wherever that stands in a header, in another one's signature too. */
  prefixes: readonly string[];
  pool: KeyPool;
}

const prefixesOf = (manager: object) =>
  [...JSON.stringify(manager).matchAll(/"value_prefix":"(\w+)"/g)].map(([, prefix]) => String(prefix));

type KeysOf = (provider: ProviderMessage) => string | null;
type ProviderMessage = NonNullable<Remedies['found'][number]['tokens'][number]['token']>['provider'];

function keyTexts(documents: ReturnType<typeof generateCase>['keys']): KeysOf {
  return ({ jwksSourceSpecifier: source }) => {
    if (source.case === 'remoteJwks')
      return documents[new URL(source.value.httpUri?.uri ?? '').pathname]?.body ?? null;
    const specifier = source.value?.specifier;
    if (specifier?.case === 'inlineBytes') return Buffer.from(specifier.value).toString('utf8');
    return String(specifier?.value ?? '');
  };
}

interface Tally {
  refused: number;
  helped: number;
  never: number;
  none: number;
  replayed: number;
  wrong: string[];
  unhelped: string[];
}

describe('what `why` says would pass', () => {
  it(`passes, for ${WANTED} refusals of generated configurations, signed by keys that the gate knows`, async () => {
    const pool = createKeyPool();
    const features = findFeatures();
    const tally: Tally = { refused: 0, helped: 0, never: 0, none: 0, replayed: 0, wrong: [], unhelped: [] };
    for (let index = 0; tally.refused < WANTED; index++) {
      const one = generateCase(index, { seed: 77, requests: 12, pool, features, nowSeconds: NOW / 1000 });
      const found = one.mutation === null ? compileCase(one, { origin: 1, keys: 2, grpc: 1 }, clock) : null;
      if (found === null || found.snapshot === null) continue;
      await found.compiled.prepare('all');
      const world = await createKeyedWorld(found.snapshot, clock, keysOf(one.keys));
      const signing = { keys: keyTexts(one.keys), prefixes: prefixesOf(one.manager), pool };
      const examined = { id: one.id, requests: one.requests, found, world, signing };
      for (const request of one.requests) {
        if (tally.refused < WANTED) await examine(examined, request, tally);
      }
    }
    assert.deepEqual(tally.wrong, []);
    assert.ok(
      tally.helped > WANTED / 2,
      `${tally.helped} are helped, ${tally.unhelped.slice(0, 20).join('\n')}`,
    );
    assert.ok(tally.never > 0 && tally.replayed > tally.helped, JSON.stringify(tally));
  });
});

/** A generated case that runs, and what its refusals are examined with. */
interface Examined {
  id: string;
  requests: readonly PlayedRequest[];
  found: Runnable;
  world: KeyedWorld;
  signing: Signing;
}

/** A refused request, and what `why` says of it. */
interface Refused {
  about: string;
  verdict: Verdict;
  remedies: Remedies;
}

async function examine(examined: Examined, request: PlayedRequest, tally: Tally): Promise<void> {
  const { id, found, world } = examined;
  const words = wordsOf(request);
  const verdict = await play(found, words);
  if (passes(verdict)) return;
  tally.refused++;
  const listener = found.compiled.listeners[0]?.name ?? '';
  const asked = { words, connection, listener, drawn: NOTHING_DRAWN };
  const remedies = await findRemedies(asked, world, clock, TRIES);
  const about = `${id} ${request.method} ${request.target} ${verdict.status} ${verdict.details}`;
  const refused = { about, verdict, remedies };
  if (remedies.never !== null) {
    tally.never++;
    tally.wrong.push(...contradictionsIn(refused), ...(await passersBeside(refused, examined)));
  }
  if (remedies.found.length > 0) tally.helped++;
  else if (remedies.never === null) {
    tally.none++;
    tally.unhelped.push(`${about} tried ${remedies.tried}`);
  }
  await replayFound(refused, examined, tally);
}

/** What is said to help beside the word that nothing does. A parameter that goes with its token may lead to a route of which nothing was said. */
function contradictionsIn({ about, remedies: { found, never } }: Refused): string[] {
  const isOnlyTokens = found.some(
    (one) => !one.isElsewhere && one.changes.every(({ kind }) => kind === 'token' || kind === 'claim'),
  );
  const isHere = found.some(({ isElsewhere }) => !isElsewhere) && saysNoRequest(never);
  return isOnlyTokens || isHere ? [`${about}: ${never}`] : [];
}

const saysNoRequest = (never: string | null) => never?.startsWith('no request') === true;

/** Requests of the same case and the same route that pass, where `why` says that none does. */
async function passersBeside(
  { about, verdict, remedies: { never } }: Refused,
  { requests, found }: Examined,
): Promise<string[]> {
  const passers: string[] = [];
  for (const other of saysNoRequest(never) ? requests : []) {
    if (other.method === 'OPTIONS') continue;
    const answer = await play(found, wordsOf(other));
    if (passes(answer) && answer.route?.origin === verdict.route?.origin)
      passers.push(`${about}: ${never}, but ${other.method} ${other.target}`);
  }
  return passers;
}

/** Plays what is said to pass, under real signatures. */
async function replayFound(
  { about, remedies }: Refused,
  { found, signing }: Examined,
  tally: Tally,
): Promise<void> {
  for (const remedy of remedies.found) {
    const real = withRealTokens(remedy.words, remedy, signing);
    if (real === null) continue;
    tally.replayed++;
    const answer = await play(found, real, remedy.connection as typeof connection);
    if (passes(answer)) continue;
    const changes = remedy.changes.map(({ text }) => text).join(', ');
    tally.wrong.push(`${about}: ${changes} -> ${answer.status} ${answer.body}`);
  }
}

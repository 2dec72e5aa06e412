import { readFileSync } from 'node:fs';
import type { MapEntry, SourceNode } from '../../control/config/index.ts';
import { selectAlgorithm } from '../../core/jwt/index.ts';
import { pathIn } from './path-in.ts';
import type { IssuerSpec, TokenSpec } from './policy-test.ts';
import {
  entriesOf,
  jsonObjectOf,
  knownEntries,
  type Problems,
  secondsOf,
  textOf,
  textsOf,
} from './read-node.ts';

const DEFAULT_ALGORITHM = 'ES256';

/** `issuers: {kc: URL}`, or `{kc: {issuer: URL, alg: RS256, jwks: FILE}}`. */
export function readIssuers(
  node: SourceNode | undefined,
  folder: string,
  problems: Problems,
): Map<string, IssuerSpec> {
  const issuers = new Map<string, IssuerSpec>();
  if (node === undefined) return issuers;
  for (const { key, keyAt, value } of entriesOf(node, 'issuers', problems)) {
    issuers.set(key, { name: key, at: keyAt, ...readIssuer(value, folder, problems) });
  }
  return issuers;
}

function readIssuer(node: SourceNode, folder: string, problems: Problems) {
  if (node.kind === 'scalar') return { url: node.text, alg: DEFAULT_ALGORITHM, jwksFile: undefined };
  const entries = knownEntries(node, 'an issuer', ['issuer', 'alg', 'jwks'], problems);
  const [url, alg, jwks] = [entries.get('issuer'), entries.get('alg'), entries.get('jwks')];
  if (url === undefined) problems.add(node.at, 'an issuer needs `issuer`: what its tokens have as `iss`');
  return {
    url: url === undefined ? '' : textOf(url, '`issuer`', problems),
    alg: alg === undefined ? DEFAULT_ALGORITHM : algorithmOf(alg, problems),
    jwksFile: jwks === undefined ? undefined : pathIn(folder, textOf(jwks, '`jwks`', problems)),
  };
}

function algorithmOf(node: SourceNode, problems: Problems): string {
  const name = textOf(node, '`alg`', problems);
  if (selectAlgorithm(name) === undefined) problems.add(node.at, `\`${name}\` is no algorithm`);
  return name;
}

/** What a token may have besides claims. A claim of one of these names goes under `claims`. */
const OWN_KEYS = [
  'like',
  'issuer',
  'expires',
  'not_before',
  'issued',
  'signed_by',
  'kid',
  'alg',
  'tampered',
  'without',
  'claims',
  'text',
  'file',
] as const;

type OwnKey = (typeof OWN_KEYS)[number];

/** Tokens by name, each on top of the one that it is like. */
export function readTokens(
  node: SourceNode | undefined,
  folder: string,
  problems: Problems,
): Map<string, TokenSpec> {
  const tokens = new Map<string, TokenSpec>();
  if (node === undefined) return tokens;
  const entries = entriesOf(node, 'tokens', problems);
  const later = new Map(entries.map(({ key, value }) => [key, likeOf(value)]));
  const inLoops = refuseLoops(later, problems);
  for (const entry of entries) {
    if (entry.key === 'none') problems.add(entry.keyAt, '`none` means no token: name this one otherwise');
    tokens.set(entry.key, readToken(entry, folder, { above: tokens, later, inLoops }, problems));
  }
  return tokens;
}

/** The tokens that one may be like. */
interface Others {
  above: ReadonlyMap<string, TokenSpec>;
  /** All names of the file, with what each is like. */
  later: ReadonlyMap<string, SourceNode | undefined>;
  /** Those of which it is said already that they come back to themselves. */
  inLoops: ReadonlySet<string>;
}

function likeOf(node: SourceNode): SourceNode | undefined {
  return node.kind === 'map' ? node.entries.find(({ key }) => key === 'like')?.value : undefined;
}

/** Each loop is told once, where its first token says what it is like. @returns the tokens that are part of one */
function refuseLoops(likes: Others['later'], problems: Problems): Set<string> {
  const done = new Set<string>();
  const inLoops = new Set<string>();
  for (const name of likes.keys()) {
    const way: string[] = [];
    let next: string | undefined = name;
    while (next !== undefined && !done.has(next)) {
      done.add(next);
      way.push(next);
      const like: SourceNode | undefined = likes.get(next);
      next = like?.kind === 'scalar' ? like.text : undefined;
    }
    if (next === undefined || !way.includes(next)) continue;
    const loop = way.slice(way.indexOf(next));
    for (const one of loop) inLoops.add(one);
    const at = likes.get(next)?.at;
    const text = [...loop, next].map((one) => `\`${one}\``).join(' is like ');
    if (at !== undefined) problems.add(at, `${text}: a token is like one above it`);
  }
  return inLoops;
}

function readToken(
  { key: name, keyAt: at, value }: MapEntry,
  folder: string,
  others: Others,
  problems: Problems,
): TokenSpec {
  const entries = entriesOf(value, 'a token', problems);
  const own = new Map(entries.filter(isOwn).map((entry) => [entry.key as OwnKey, entry.value]));
  const nested = own.get('claims');
  const claims = {
    ...jsonObjectOf(entries.filter((entry) => !isOwn(entry))),
    ...(nested === undefined ? {} : jsonObjectOf(entriesOf(nested, '`claims`', problems))),
  };
  const base = others.inLoops.has(name) ? undefined : baseOf(own.get('like'), others, problems);
  const without = own.get('without');
  const spec: TokenSpec = {
    ...base,
    name,
    at,
    claims: { ...base?.claims, ...claims },
    without: without === undefined ? [] : textsOf(without, '`without`', problems),
  };
  for (const claim of spec.without) delete spec.claims[claim];
  readTimes(own, spec, problems);
  readSigning(own, spec, problems);
  readText(own, spec, folder, problems);
  if (spec.issuer === undefined && spec.text === undefined && !own.has('like') && !own.has('file'))
    problems.add(at, 'a token needs an `issuer`, or `like`, `text` or `file`');
  return spec;
}

const isOwn = ({ key }: MapEntry) => (OWN_KEYS as readonly string[]).includes(key);

function baseOf(
  node: SourceNode | undefined,
  { above, later }: Others,
  problems: Problems,
): TokenSpec | undefined {
  if (node === undefined) return undefined;
  const name = textOf(node, '`like`', problems);
  const base = above.get(name);
  if (base === undefined) {
    const end = later.has(name) ? ': it is below, and has to come first' : '';
    problems.add(node.at, `there is no token \`${name}\` above this one${end}`);
  }
  return base;
}

function readTimes(own: ReadonlyMap<OwnKey, SourceNode>, spec: TokenSpec, problems: Problems): void {
  const [expires, notBefore, issued] = [own.get('expires'), own.get('not_before'), own.get('issued')];
  if (expires !== undefined) {
    const isNever = expires.kind === 'scalar' && expires.text === 'never';
    spec.expires = isNever ? 'never' : secondsOf(expires, '`expires`', problems);
  }
  if (notBefore !== undefined) spec.notBefore = secondsOf(notBefore, '`not_before`', problems);
  if (issued !== undefined) spec.issued = secondsOf(issued, '`issued`', problems);
}

function readSigning(own: ReadonlyMap<OwnKey, SourceNode>, spec: TokenSpec, problems: Problems): void {
  const [issuer, signedBy, kid] = [own.get('issuer'), own.get('signed_by'), own.get('kid')];
  const [alg, tampered] = [own.get('alg'), own.get('tampered')];
  if (issuer !== undefined) spec.issuer = textOf(issuer, '`issuer`', problems);
  if (signedBy !== undefined) spec.signedBy = textOf(signedBy, '`signed_by`', problems);
  if (kid !== undefined) {
    const text = textOf(kid, '`kid`', problems);
    spec.kid = text === 'none' ? null : text;
  }
  if (alg !== undefined) {
    const isNone = alg.kind === 'scalar' && alg.text === 'none';
    spec.alg = isNone ? 'none' : algorithmOf(alg, problems);
  }
  if (tampered !== undefined) {
    const part = textOf(tampered, '`tampered`', problems);
    if (part === 'payload' || part === 'signature') spec.tampered = part;
    else problems.add(tampered.at, '`tampered` is `payload` or `signature`');
  }
}

function readText(
  own: ReadonlyMap<OwnKey, SourceNode>,
  spec: TokenSpec,
  folder: string,
  problems: Problems,
): void {
  const [text, file] = [own.get('text'), own.get('file')];
  if (text !== undefined) spec.text = textOf(text, '`text`', problems);
  if (file === undefined) return;
  spec.file = pathIn(folder, textOf(file, '`file`', problems));
  try {
    spec.text = readFileSync(spec.file, 'utf8').trim();
  } catch {
    problems.add(file.at, 'there is no such file, or it cannot be read');
  }
}

import type { Command } from 'commander';
import {
  type Algorithm,
  type AlgorithmName,
  algorithms,
  type JsonObject,
  memberOf,
  type SigningKey,
  selectAlgorithm,
  signToken,
} from '../../core/jwt/index.ts';
import {
  importSigningJwk,
  importSigningPem,
  importSigningSecret,
  nodeCrypto,
  systemClock,
} from '../../platform/index.ts';
import { EXIT } from '../exit-code.ts';
import { type CliIo, UserError } from '../io.ts';
import { readTextFile } from './token-input.ts';
import { parseObject } from './token-keys.ts';
import { parseSeconds } from './token-times.ts';

interface MintOptions {
  claims: string;
  alg?: string;
  key?: string;
  secret?: string;
  expires?: string;
  kid?: string;
  json?: boolean;
}

export function configureMint(command: Command, io: CliIo): void {
  command
    .description('signs claims and prints the token')
    .requiredOption('--claims <json|file>', 'the payload: a JSON object, or a file with one')
    .option('--alg <name>', `one of ${algorithms.map(({ name }) => name).join(', ')}; default: the key's`)
    .option('--key <file>', 'the private key: a JWK or PEM')
    .option('--secret <text>', 'the text whose bytes are the HMAC key')
    .option(
      '--expires <duration>',
      'sets `iat` to now and `exp` so much later: 300s, 5m, 12h; below 0 for an expired one',
    )
    .option('--kid <kid>', "the header's `kid`; default: the JWK's")
    .option('--json', 'one JSON object')
    .action((options: MintOptions) => {
      const token = mintToken(options, io);
      io.out(options.json === true ? `${JSON.stringify({ token })}\n` : `${token}\n`);
    });
}

function mintToken(options: MintOptions, io: CliIo): string {
  const { key, kid } = chooseSigningKey(options, io);
  const chosenKid = options.kid ?? kid;
  const header = chosenKid === '' ? { typ: 'JWT' } : { typ: 'JWT', kid: chosenKid };
  return signToken(header, withTimes(readClaims(options.claims), options.expires), key, nodeCrypto);
}

function readClaims(given: string): JsonObject {
  const isText = given.trimStart().startsWith('{');
  const claims = parseObject(isText ? given : readTextFile(given.replace(/^@/, '')));
  if (claims === null) {
    throw new UserError(`--claims ${isText ? 'text' : `\`${given}\``} is no JSON object`, EXIT.wrongUse);
  }
  return claims;
}

function withTimes(claims: JsonObject, expires: string | undefined): JsonObject {
  if (expires === undefined) return claims;
  const iat = Math.floor(systemClock.now() / 1000);
  return { ...claims, iat, exp: iat + Math.round(parseSeconds(expires, '--expires')) };
}

interface ChosenKey {
  key: SigningKey;
  kid: string;
}

function chooseSigningKey(options: MintOptions, io: CliIo): ChosenKey {
  if ((options.key === undefined) === (options.secret === undefined)) {
    throw new UserError('give the key: either --key FILE or --secret TEXT', EXIT.wrongUse);
  }
  if (options.secret !== undefined) return secretKey(Buffer.from(options.secret), options, io);
  const text = readTextFile(options.key as string);
  const jwk = parseObject(text);
  return jwk === null ? pemKey(text, options) : jwkKey(jwk, options);
}

function secretKey(secret: Buffer, options: MintOptions, io: CliIo): ChosenKey {
  const alg = chooseAlgorithm(options.alg ?? 'HS256');
  if (secret.length < alg.hashBytes) {
    io.err(
      `the secret has ${secret.length} bytes, ${alg.name} wants ${alg.hashBytes}: a gate refuses such a key\n`,
    );
  }
  return { key: orComplain(importSigningSecret(secret, alg), alg), kid: '' };
}

function jwkKey(jwk: JsonObject, options: MintOptions): ChosenKey {
  const named = options.alg ?? memberOf(jwk, 'alg');
  const alg = typeof named === 'string' ? chooseAlgorithm(named) : defaultAlgorithm(jwk);
  const kid = memberOf(jwk, 'kid');
  return { key: orComplain(importSigningJwk(jwk, alg), alg), kid: typeof kid === 'string' ? kid : '' };
}

/** The first row of the table that fits: RSA signs RS256, a curve has one algorithm. */
function defaultAlgorithm(jwk: JsonObject): Algorithm {
  const alg = algorithms.find((row) => row.kty === jwk['kty'] && (row.crv === '' || row.crv === jwk['crv']));
  if (alg === undefined) throw new UserError('the JWK is of a kind that signs no tokens', EXIT.wrongUse);
  return alg;
}

const PEM_ORDER: readonly AlgorithmName[] = ['RS256', 'ES256', 'ES384', 'ES512', 'EdDSA'];

function pemKey(pem: string, options: MintOptions): ChosenKey {
  const names = options.alg === undefined ? PEM_ORDER : [options.alg];
  for (const name of names) {
    const key = importSigningPem(pem, chooseAlgorithm(name));
    if (key !== null) return { key, kid: '' };
  }
  throw new UserError(
    `\`${options.key}\` is no private JWK and no PEM key for ${names.join(', ')}`,
    EXIT.wrongUse,
  );
}

function chooseAlgorithm(name: string): Algorithm {
  const alg = selectAlgorithm(name);
  if (alg !== undefined) return alg;
  throw new UserError(
    `\`${name}\` is not one of ${algorithms.map((row) => row.name).join(', ')}`,
    EXIT.wrongUse,
  );
}

function orComplain(key: SigningKey | null, alg: Algorithm): SigningKey {
  if (key === null) throw new UserError(`the key is no private key for ${alg.name}`, EXIT.wrongUse);
  return key;
}

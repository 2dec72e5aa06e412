import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** What the gates and the load share: one RS256 key and tokens of 1 kB made with it. */
export interface TokenPool {
  readonly issuer: string;
  /** The public key, for Envoy and jotgate. */
  readonly jwks: string;
  /** The same key as a PEM file, for HAProxy. */
  readonly publicKeyFile: string;
  /** One good token. */
  readonly token: string;
  /** The same with one character of the signature changed. */
  readonly forgedToken: string;
  /** Tokens that no gate may let in, by what is wrong with them. */
  readonly badTokens: Readonly<Record<string, string>>;
  /** Good tokens, one a line, no two alike: the first file to warm up with, the second to measure with. */
  readonly warmUpFile: string;
  readonly measureFile: string;
  /** How many tokens `measureFile` has. */
  readonly measureTokens: number;
}

const ISSUER = 'https://auth.funnel-labs.io/auth/realms/funnel';
const KID = 'bench-key';
const TOKEN_BYTES = 1024;
const EXPIRES_AT = 4_000_000_000;
const SIGNERS = 2;

/** Makes the pool in `folder`, or takes the one that is there: signing 200,000 tokens takes a minute or two. */
export async function createTokenPool(folder: string, warmUp: number, measure: number): Promise<TokenPool> {
  mkdirSync(folder, { recursive: true });
  const { privateKey, publicKeyFile } = keyPair(folder);
  const files = {
    warmUpFile: join(folder, `warm-up-${warmUp}`),
    measureFile: join(folder, `measure-${measure}`),
  };
  await signOnce(files.warmUpFile, 'w', warmUp, privateKey);
  await signOnce(files.measureFile, 'm', measure, privateKey);
  const token = signBenchToken(privateKey, 'the-one');
  const jwk = {
    ...createPublicKey(privateKey).export({ format: 'jwk' }),
    kid: KID,
    alg: 'RS256',
    use: 'sig',
  };
  const jwks = JSON.stringify({ keys: [jwk] });
  const forgedToken = forge(token);
  const badTokens = {
    forged: forgedToken,
    expired: signBenchToken(privateKey, 'expired', { exp: 1_600_000_000 }),
    'of another issuer': signBenchToken(privateKey, 'stray', { iss: 'https://elsewhere.test' }),
    unsigned: `${encode({ alg: 'none' })}.${token.split('.')[1]}.`,
    'of a different algorithm': `${encode({ alg: 'HS256', kid: KID })}.${token.split('.').slice(1).join('.')}`,
    'no token at all': 'x',
  };
  return {
    issuer: ISSUER,
    jwks,
    publicKeyFile,
    token,
    forgedToken,
    badTokens,
    measureTokens: measure,
    ...files,
  };
}

function keyPair(folder: string): { privateKey: KeyObject; publicKeyFile: string } {
  const privateKeyFile = join(folder, 'key.pem');
  const publicKeyFile = join(folder, 'key.pub.pem');
  if (!existsSync(privateKeyFile)) {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(publicKeyFile, publicKey.export({ format: 'pem', type: 'spki' }));
    writeFileSync(privateKeyFile, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  }
  return { privateKey: createPrivateKey(readFileSync(privateKeyFile)), publicKeyFile };
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs a token whose `jti` is `id`, filled up to 1 kB. */
export function signBenchToken(privateKey: KeyObject, id: string, override: object = {}): string {
  const header = encode({ alg: 'RS256', typ: 'JWT', kid: KID });
  const claims = {
    exp: EXPIRES_AT,
    iat: 1_700_000_000,
    jti: id,
    iss: ISSUER,
    aud: 'account',
    sub: 'd9b93b69-9e2c-4a8f-8e37-3a5c1f0c2b11',
    typ: 'Bearer',
    azp: 'funnel',
    acr: '1',
    scope: 'openid profile email',
    namespaces: ['demo'],
    username: 'demo',
    filler: '',
    ...override,
  };
  const signatureLength = 342;
  const payloadLength = TOKEN_BYTES - header.length - signatureLength - 2;
  claims.filler = 'x'.repeat(Math.floor((payloadLength * 3) / 4) - JSON.stringify(claims).length);
  const text = `${header}.${encode(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
}

function forge(token: string): string {
  const at = token.length - 40;
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
}

async function signOnce(file: string, prefix: string, count: number, privateKey: KeyObject): Promise<void> {
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true });
  const partial = `${file}.partial`;
  const out = createWriteStream(partial);
  await Promise.all(
    Array.from({ length: SIGNERS }, (_, signer) => {
      const from = Math.floor((count * signer) / SIGNERS);
      const to = Math.floor((count * (signer + 1)) / SIGNERS);
      return signRange(out, { key: privateKey.export({ format: 'pem', type: 'pkcs8' }), prefix, from, to });
    }),
  );
  out.end();
  await once(out, 'finish');
  renameSync(partial, file);
}

/** Resolves when the worker has handed over its whole range. */
async function signRange(out: NodeJS.WritableStream, range: SigningRange): Promise<void> {
  const worker = new Worker(new URL('./signing-worker.ts', import.meta.url), { workerData: range });
  worker.on('message', (lines: string) => out.write(lines));
  await once(worker, 'exit');
}

/** What a signing worker is told. */
export interface SigningRange {
  readonly key: string | Buffer;
  readonly prefix: string;
  readonly from: number;
  readonly to: number;
}

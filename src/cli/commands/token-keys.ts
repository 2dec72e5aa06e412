import {
  findingText,
  isJsonObject,
  type JsonObject,
  jwksFaultText,
  type KeySet,
  parseJwks,
  type SecretPolicy,
  STATUS,
  type Status,
  statusText,
} from '../../core/jwt/index.ts';
import { nodeCrypto } from '../../platform/index.ts';
import { EXIT } from '../exit-code.ts';
import { type CliIo, UserError } from '../io.ts';
import { readText } from './run-sources.ts';
import { readTextFile } from './token-input.ts';

/**
 * Keys of a JWKS file, a single JWK too. What was skipped or refused is told on `io.err`.
 * @param policy what becomes of secrets among public keys, and of two secrets of one kid.
 * @returns the status of a document none of whose keys can be read; nothing verifies with it.
 */
export function loadKeySet(path: string, io: CliIo, policy: SecretPolicy = 'doubt'): KeySet | Status {
  const text = wrapSingleJwk(readTextFile(path));
  const keySet = parseJwks(text, nodeCrypto, policy);
  if (typeof keySet !== 'number') {
    for (const finding of keySet.findings) io.err(`${path}: ${findingText(finding)}\n`);
    return keySet;
  }
  refuseNoKeySet(keySet, text, path);
  io.err(`${path}: ${statusText(keySet)}\n`);
  return keySet;
}

/** A set of one HMAC key: the bytes of a text. */
export function createSecretKeySet(secret: string, io: CliIo): KeySet | Status {
  const k = Buffer.from(secret).toString('base64url');
  const keySet = parseJwks(JSON.stringify({ keys: [{ kty: 'oct', k }] }), nodeCrypto);
  if (typeof keySet === 'number') return keySet;
  for (const { reason } of keySet.findings) io.err(`--secret: ${reason}\n`);
  return keySet;
}

/**
 * The text of a key set's file.
 * @throws UserError when it is another document
 */
export function readKeySet(path: string): string {
  const text = readText(path, 'key set');
  const keySet = parseJwks(text, nodeCrypto);
  if (typeof keySet === 'number') refuseNoKeySet(keySet, text, path);
  return text;
}

function refuseNoKeySet(status: Status, text: string, path: string): void {
  if (
    status === STATUS.jwksBadJson ||
    status === STATUS.jwksWithoutKeys ||
    status === STATUS.jwksKeysNotArray
  ) {
    throw new UserError(`\`${path}\`: ${jwksFaultText(text, status)}`, EXIT.configInvalid);
  }
}

function wrapSingleJwk(text: string): string {
  const json = parseObject(text);
  return json !== null && 'kty' in json && !('keys' in json) ? `{"keys":[${text}]}` : text;
}

/** A JSON object in strict JSON; null for anything else. */
export function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value as JsonObject) ? (value as JsonObject) : null;
  } catch {
    return null;
  }
}

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { DifferentialCase, JsonObject } from './case.ts';
import { faultOfKey, keysOfText } from './lax-tokens.ts';

/** A case without the keys that jotgate does not take, and the rows of docs/divergences.md that say why it does not. */
export interface StrictCase {
  rows: string[];
  one: DifferentialCase;
}

/**
 * Where jotgate does not take a key that Envoy takes, its answer must be Envoy's to a set that has a stranger's key in that one's place. Asked
 * where a token is good by one provider's keys and lax by another's, so that there is no breaking the token.
 * @returns null where every key is taken
 */
export function withStrictKeys(one: DifferentialCase): StrictCase | null {
  const rows = new Set<string>();
  const strict = (text: string) => {
    const faults = keysOfText(text).flatMap((key) => {
      const row = faultOfKey(key);
      if (row !== null) rows.add(row);
      return row === null ? [] : [key];
    });
    return faults.reduce(withStranger, text);
  };
  const keys = Object.fromEntries(
    Object.entries(one.keys).map(([path, document]) => [
      `/strict${path}`,
      { ...document, body: strict(document.body) },
    ]),
  );
  const manager = strictIn(one.manager, strict, Object.keys(one.keys)) as JsonObject;
  return rows.size === 0 ? null : { rows: [...rows], one: { ...one, manager, keys } };
}

/** The same value with the key sets in it changed, and what is fetched fetched elsewhere. */
function strictIn(value: unknown, strict: (text: string) => string, paths: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((member) => strictIn(member, strict, paths));
  if (typeof value === 'string') {
    const path = paths.find((served) => value.endsWith(`keys.test${served}`));
    return path === undefined ? value : value.replace(path, `/strict${path}`);
  }
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => {
    if (name === 'inline_string' && typeof member === 'string') return [name, strict(member)];
    if (name === 'inline_bytes' && typeof member === 'string') {
      const bytes = Buffer.from(member, 'base64').toString('latin1');
      return [name, Buffer.from(strict(bytes), 'latin1').toString('base64')];
    }
    return [name, strictIn(member, strict, paths)];
  });
  return Object.fromEntries(members);
}

const MATERIAL = { RSA: ['n'], EC: ['x', 'y'], OKP: ['x'], oct: ['k'] } as const;

function withStranger(text: string, key: JsonObject): string {
  const kty = key['kty'] as keyof typeof MATERIAL;
  const stranger = strangerOf(kty, String(key['crv']));
  return (MATERIAL[kty] ?? []).reduce(
    (all, name) => all.replaceAll(String(key[name]), String(stranger[name])),
    text,
  );
}

/** A key of the kind that signed nothing. */
function strangerOf(kty: keyof typeof MATERIAL, curve: string): JsonObject {
  if (kty === 'oct') return { k: randomBytes(64).toString('base64url') };
  const pair =
    kty === 'RSA'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : kty === 'EC'
        ? generateKeyPairSync('ec', { namedCurve: curve })
        : generateKeyPairSync('ed25519');
  return pair.publicKey.export({ format: 'jwk' }) as JsonObject;
}

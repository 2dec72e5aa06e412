import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/core/jwt/index.ts';

/** One case of a Wycheproof file, with the key set of its group. */
export interface WycheproofCase {
  tcId: number;
  comment: string;
  jws: string;
  valid: boolean;
  jwks: JsonObject;
}

interface Group {
  public?: JsonObject;
  private?: JsonObject;
  tests: { tcId: number; comment: string; jws: string; result: string }[];
}

/** A group's key as a set: its public half where it has one. */
export function readWycheproof(folder: string, file: string): WycheproofCase[] {
  const { testGroups } = JSON.parse(readFileSync(join(folder, 'wycheproof', file), 'utf8')) as {
    testGroups: Group[];
  };
  return testGroups.flatMap((group) => {
    const given = group.public ?? group.private ?? {};
    const jwks = 'keys' in given ? given : { keys: [given] };
    return group.tests.map(({ tcId, comment, jws, result }) => ({
      tcId,
      comment,
      jws,
      valid: result === 'valid',
      jwks,
    }));
  });
}

/** One example of the RFC cookbook. */
export interface CookbookExample {
  title: string;
  input: { key?: JsonObject; payload: string };
  output: { compact?: string; json?: JsonObject; json_flat?: JsonObject };
}

export function readCookbook(folder: string, path: string): CookbookExample {
  return JSON.parse(readFileSync(join(folder, 'cookbook', path), 'utf8')) as CookbookExample;
}

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, JsonObject, KeyDocument, PlayedRequest, TlsPlan } from './case.ts';
import type { Report } from './run-batch.ts';

/** A case in which the sides once disagreed, and what Envoy says. */
export interface Golden {
  /** What it is about. */
  name: string;
  /** The time at which its tokens mean what they mean, in milliseconds. */
  nowMs: number;
  manager: JsonObject;
  /** As of a case. */
  tls?: TlsPlan;
  guards?: JsonObject[];
  keys: Record<string, KeyDocument>;
  /** Empty: it is about the configuration, which Envoy refuses. */
  exchanges: { request: PlayedRequest; envoy: Answer }[];
}

const FOLDER = join(import.meta.dirname, '..', 'golden', 'differential');

/** Keeps a disagreement where the tests look. @returns the file's path */
export function saveGolden({ one, request, envoyAnswer, differences }: Report, name: string): string {
  const { manager, keys, tls, guards = [] } = one;
  const about = differences.map(({ part, envoy, jotgate }) => `${part}: envoy ${envoy}, jotgate ${jotgate}`);
  const exchanges = request === null || envoyAnswer === null ? [] : [{ request, envoy: envoyAnswer }];
  const connection = {
    ...(tls === undefined ? {} : { tls }),
    ...(guards.length === 0 ? {} : { guards }),
  };
  return writeGolden(
    { name: about.join('; '), nowMs: Date.now(), manager, ...connection, keys, exchanges },
    name,
  );
}

export function writeGolden(golden: Golden, name: string): string {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `${name}.json`);
  writeFileSync(file, `${JSON.stringify(golden, null, 1)}\n`);
  return file;
}

export function readGoldens(): Golden[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Golden);
}

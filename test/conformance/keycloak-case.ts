import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A recorded exchange with Keycloak; conformance/keycloak/README.md tells what each member means. */
export interface RecordedCase {
  name: string;
  setup?: true;
  waitSeconds?: number;
  request: {
    method: string;
    path: string;
    query?: Record<string, FormValue>;
    headers?: Record<string, string>;
    jar?: string;
    body?: Record<string, FormValue>;
    bodyText?: string;
  };
  capture?: Record<string, string>;
  response: {
    status: number;
    headers: [string, string][];
    body: unknown;
    jwtHeaders?: Record<string, unknown>;
    jwtClaims?: Record<string, unknown>;
  };
}

export type FormValue = string | string[] | { $assertion: AssertionOrder };

export interface AssertionOrder {
  client: string;
  secret: string;
  alg?: string;
  aud?: string;
  exp?: number;
}

export function readCases(folder: string, file: string): RecordedCase[] {
  return JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8')) as RecordedCase[];
}

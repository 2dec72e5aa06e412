import { createHmac, randomUUID } from 'node:crypto';
import { request as sendRequest } from 'node:http';
import type { ManualClock } from '../../src/base/index.ts';
import type { AssertionOrder, FormValue, RecordedCase } from './keycloak-case.ts';
import { differences, type ServerAddress } from './keycloak-match.ts';

/** Headers that belong to the connection, not to the answer. */
const TRANSPORT = new Set(['connection', 'keep-alive', 'content-length', 'transfer-encoding', 'date']);

interface Answer {
  status: number;
  headers: [string, string][];
  body: unknown;
}

/** Plays the cases of one file against a server, first to last: later cases use what earlier ones captured. */
export class KeycloakPlayer {
  readonly #server: ServerAddress;
  readonly #clock: ManualClock;
  readonly #captured = new Map<string, string>();

  constructor(server: ServerAddress, clock: ManualClock) {
    this.#server = server;
    this.#clock = clock;
  }

  /** @returns what differs from the recording; empty when nothing does. */
  async play(recorded: RecordedCase): Promise<string[]> {
    this.#clock.advance((recorded.waitSeconds ?? 0) * 1000);
    const answer = await this.#send(recorded.request);
    this.#capture(recorded, answer);
    return [
      ...differences(recorded.response.status, answer.status, this.#server, 'status'),
      ...this.#headerDifferences(recorded, answer),
      ...differences(recorded.response.body, answer.body, this.#server, 'body'),
      ...this.#tokenDifferences(recorded, answer),
    ];
  }

  #headerDifferences({ response }: RecordedCase, answer: Answer): string[] {
    return differences(headerObject(response.headers), headerObject(answer.headers), this.#server, 'headers');
  }

  #tokenDifferences({ response }: RecordedCase, { body }: Answer): string[] {
    const parts: [Record<string, unknown> | undefined, number][] = [
      [response.jwtHeaders, 0],
      [response.jwtClaims, 1],
    ];
    return parts.flatMap(([wanted, segment]) =>
      Object.entries(wanted ?? {}).flatMap(([member, want]) => {
        const token = String((body as Record<string, unknown>)[member]);
        return differences(want, decodeSegment(token, segment), this.#server, `${member}[${segment}]`);
      }),
    );
  }

  #capture({ capture = {} }: RecordedCase, { body }: Answer): void {
    for (const [name, expression] of Object.entries(capture)) {
      const [source, ...path] = expression.split('.');
      if (source !== 'body') continue;
      const value = path.reduce<unknown>((held, step) => (held as Record<string, unknown>)?.[step], body);
      if (typeof value === 'string') this.#captured.set(name, value);
    }
  }

  async #send(request: RecordedCase['request']): Promise<Answer> {
    const query = request.query === undefined ? '' : `?${this.#form(request.query)}`;
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(request.headers ?? {})) headers[name] = this.#fill(value);
    const body = request.bodyText ?? (request.body === undefined ? undefined : this.#form(request.body));
    if (request.body !== undefined && headers['Content-Type'] === undefined) {
      headers['Content-Type'] = 'application/x-www-form-urlencoded';
    }
    return exchange(this.#server.base + request.path + query, request.method, headers, body);
  }

  #form(fields: Record<string, FormValue>): string {
    const pairs = Object.entries(fields).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((item): [string, string] => [name, this.#value(item)]),
    );
    return new URLSearchParams(pairs).toString();
  }

  #value(value: Exclude<FormValue, string[]>): string {
    if (typeof value !== 'string') return this.#assertion(value.$assertion);
    const repeated = /^(.)\*(\d+)$/.exec(value);
    return repeated === null ? this.#fill(value) : (repeated[1] as string).repeat(Number(repeated[2]));
  }

  #fill(text: string): string {
    return text.replaceAll(/\{\{(\w+)(?:\|(\w+))?\}\}/g, (_all, name: string, filter?: string) =>
      filterToken(this.#captured.get(name) ?? '', filter),
    );
  }

  #assertion({ client, secret, alg = 'HS256', aud = '/realms/funnel', exp = 60 }: AssertionOrder): string {
    const nowSeconds = Math.floor(this.#clock.now() / 1000);
    const claims = {
      iss: client,
      sub: client,
      aud: this.#server.base + aud,
      iat: nowSeconds,
      exp: nowSeconds + exp,
      jti: randomUUID(),
    };
    const text = [{ alg, typ: 'JWT' }, claims].map(encodeSegment).join('.');
    return `${text}.${createHmac(`sha${alg.slice(2)}`, secret)
      .update(text)
      .digest('base64url')}`;
  }
}

/** `tamper`, `nosig`, `algnone`, `badkid` of the README. */
function filterToken(token: string, filter: string | undefined): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const changed = (members: object) => encodeSegment({ ...(decodeSegment(token, 0) as object), ...members });
  switch (filter) {
    case 'tamper':
      return `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    case 'nosig':
      return `${header}.${payload}.`;
    case 'algnone':
      return `${changed({ alg: 'none' })}.${payload}.`;
    case 'badkid':
      return `${changed({ kid: 'nobody' })}.${payload}.${signature}`;
    default:
      return token;
  }
}

function headerObject(headers: [string, string][]): Record<string, string> {
  const kept = headers.filter(([name]) => !TRANSPORT.has(name.toLowerCase()));
  return Object.fromEntries(kept.map(([name, value]) => [name.toLowerCase(), value]));
}

function exchange(
  url: string,
  method: string,
  headers: Record<string, string>,
  body: string | undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    // The path goes out as it is written: a URL object would normalise it.
    const path = url.slice(url.indexOf('/', url.indexOf('//') + 2));
    const outgoing = sendRequest({ hostname, port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const raw = response.rawHeaders;
        const pairs = raw.flatMap((name, index): [string, string][] =>
          index % 2 === 0 ? [[name, raw[index + 1] as string]] : [],
        );
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: pairs, body: parseBody(text) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function decodeSegment(token: string, index: number): unknown {
  const text = Buffer.from(token.split('.')[index] ?? '', 'base64url').toString();
  return parseBody(text);
}

const encodeSegment = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

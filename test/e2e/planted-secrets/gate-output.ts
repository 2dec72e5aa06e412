import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CertifiedKey } from '../../../src/platform/certificates.ts';
import { findFreePort } from '../gate-process.ts';
import { startRawOrigin } from '../raw-origin.ts';
import { type CliProcess, startCli } from './cli-process.ts';
import { brokenConfigs, soundConfig } from './configs.ts';
import { configured, sent, tokens } from './secrets.ts';
import { requestText, sendRaw } from './send-raw.ts';

const REPLY = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok';
const ADMIN_PATHS = [
  '/stats',
  '/stats?format=json',
  '/why',
  '/why/last',
  '/ready',
  '/server_info',
  '/config_dump',
  '/nothing',
];

export interface GateOutput {
  outputs: Map<string, string>;
  /** An access log whose format asks for tokens and cookies. */
  carelessLog: string;
}

/** Runs a gate, sends it good and bad requests, spoils its files, and collects its logs, its replies and its admin's answers. */
export async function gateOutput(folder: string, pair: CertifiedKey, logFormat: string): Promise<GateOutput> {
  const origin = await startRawOrigin(({ socket }) => void socket.end(REPLY));
  const [port, tlsPort, adminPort] = [await findFreePort(), await findFreePort(), await findFreePort()];
  const logs = {
    careful: join(folder, `careful-${logFormat}.log`),
    careless: join(folder, `careless-${logFormat}.log`),
  };
  const places = { port, tlsPort, adminPort, originPort: origin.port, logs, ...pair };
  const outputs = new Map<string, string>();
  const file = join(folder, `gate-${logFormat}.yaml`);
  writeFileSync(file, soundConfig(places));
  const gate = startCli(['run', '-c', file, '--why', '--log-format', logFormat]);
  try {
    await gate.said(/admin on/);
    for (const [name, text] of requests()) {
      outputs.set(`the gate's reply to ${name}`, await sendRaw(port, text));
      outputs.set(`the gate's reply on TLS to ${name}`, await sendRaw(tlsPort, text));
      outputs.set(`the admin's word of ${name}`, await sendRaw(adminPort, requestText('GET /why/last')));
    }
    for (const path of ADMIN_PATHS) {
      outputs.set(`the admin's ${path}`, await sendRaw(adminPort, requestText(`GET ${path}`)));
    }
    await reload(gate, file, [...Object.values(brokenConfigs), soundConfig(places, configured.newApiKey)]);
  } finally {
    await gate.stop();
    await origin.close();
  }
  outputs.set(`the gate's log as ${logFormat}`, gate.text());
  outputs.set('an access log that asks for no credentials', readFileSync(logs.careful, 'utf8'));
  return { outputs, carelessLog: readFileSync(logs.careless, 'utf8') };
}

async function reload(gate: CliProcess, file: string, texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    writeFileSync(file, text);
    await gate.said(/serving as before|reloaded/);
  }
}

function requests(): [name: string, text: string][] {
  const cookies = `Cookie: session=${sent.sessionCookie}; csrf=${sent.csrfCookie}; jwt=${tokens.inCookie}`;
  const basic = `Authorization: Basic ${btoa(`user:${sent.basicPassword}`)}`;
  const apiKey = `X-Api-Key: ${sent.apiKey}`;
  const bearer = Object.entries(tokens).flatMap(([name, token]): [string, string][] => [
    [`token ${name}`, requestText('GET /staff', [`Authorization: Bearer ${token}`])],
    [`token ${name} without a word before it`, requestText('GET /x', [`Authorization: ${token}`])],
    [
      `token ${name} for a dead service`,
      requestText('GET /dead', [`Authorization: Bearer ${token}`, cookies]),
    ],
  ]);
  return [
    ...bearer,
    ['cookies', requestText('GET /staff', [cookies, apiKey])],
    ['a password', requestText('GET /x', [basic, apiKey, `X-Jwt: ${tokens.inHeader}`])],
    ['a token in the query', requestText(`GET /staff?jwt=${tokens.inQuery}&password=${sent.queryPassword}`)],
    [
      'an encoded token in the query',
      requestText(`GET /staff?jwt=${encodeURIComponent(tokens.inQuery).replaceAll('.', '%2E')}`),
    ],
    ['a body', requestText('POST /x', [basic], `username=a&password=${sent.bodyPassword}`)],
    ['an open path', requestText('GET /open', [basic, cookies])],
    ['a bad request line', `GET /${sent.malformed} ${sent.malformed} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['a bad method', `${sent.malformed} / HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['a bad field', `GET / HTTP/1.1\r\nHost: a\r\n${sent.malformed}\r\n\r\n`],
    ['a bad field name', `GET / HTTP/1.1\r\nHost: a\r\n${sent.malformed} : a\r\n\r\n`],
    ['a bad value', `GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${sent.malformed}\u0000\r\n\r\n`],
    ['a bad length', `GET / HTTP/1.1\r\nHost: a\r\nContent-Length: ${sent.malformed}\r\n\r\n`],
    ['a bad version', `GET / ${sent.malformed}\r\nHost: a\r\n\r\n`],
    ['a bad host', `GET / HTTP/1.1\r\nHost: a:${sent.malformed}\r\n\r\n`],
    [
      'a user in the target',
      `GET http://user:${sent.malformed}@gate.test/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    ],
    [
      'bad chunks',
      `POST /open HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${sent.malformed}\r\n`,
    ],
  ];
}

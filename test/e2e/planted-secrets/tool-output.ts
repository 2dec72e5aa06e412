import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '../../fixtures/collecting-io.ts';
import { brokenConfigs, type ConfigPlaces, manifests, soundConfig } from './configs.ts';
import { AUDIENCE, configured, ISSUER, issued, mintSecret, publicKeys, sent, tokens } from './secrets.ts';

/** What a command said, by what it was asked. */
export type Outputs = Map<string, string>;

/** Runs the tools on everything that holds secrets, and collects what they say. */
export async function toolOutput(folder: string, places: ConfigPlaces): Promise<Outputs> {
  const outputs: Outputs = new Map();
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const run = async (...args: string[]) => {
    const { out, err } = await runCli(args);
    outputs.set(
      `jotgate ${args.map((arg) => (arg.length > 60 ? `${arg.slice(0, 8)}…` : arg)).join(' ')}`,
      out + err,
    );
  };
  const sound = write('sound.yaml', soundConfig(places));
  const other = write('other.yaml', soundConfig(places, configured.newApiKey));
  const broken = Object.entries(brokenConfigs).map(([name, text]) =>
    write(`${name.replaceAll(' ', '-')}.yaml`, text),
  );
  const istio = write('istio.yaml', manifests);
  await validateAll([sound, ...broken, istio], run);
  for (const file of [...broken, istio]) {
    await run('diff', sound, file);
    await run('why', '-c', file, '/');
    await run('run', '-c', file, '--concurrency', '1');
    await run('eject', file);
  }
  await whyAll(sound, write, run);
  for (const more of [[], ['--json']]) await run('diff', sound, other, ...more);
  await testAll(sound, write, run);
  await tokenAll(write, run);
  return outputs;
}

type Run = (...args: string[]) => Promise<void>;
type Write = (name: string, text: string) => string;

const FORMATS = ['pretty', 'json', 'sarif', 'junit', 'github'];

async function validateAll(files: readonly string[], run: Run): Promise<void> {
  for (const format of FORMATS)
    for (const file of files) await run('validate', '--strict', '--format', format, file);
}

async function whyAll(config: string, write: Write, run: Run): Promise<void> {
  const cookies = `session=${sent.sessionCookie}; jwt=${tokens.inCookie}; other=${sent.csrfCookie}`;
  const basic = `authorization: Basic ${btoa(`a:${sent.basicPassword}`)}`;
  const query = `/q?jwt=${tokens.inQuery}&password=${sent.queryPassword}`;
  for (const more of [[], ['--json']]) {
    for (const token of Object.values(tokens))
      await run('why', '-c', config, '/staff', '--token', token, ...more);
    await run('why', '-c', config, '/staff', '-H', `cookie: ${cookies}`, ...more);
    await run('why', '-c', config, '/x', '-H', basic, '-H', `x-jwt: ${tokens.inHeader}`, ...more);
    await run('why', '-c', config, query, ...more);
    await run('why', '-c', config, '/x', '-H', `x-api-key ${sent.apiKey}`, ...more);
    const headers = `Cookie: ${cookies}\nX-Api-Key: ${sent.apiKey}\nX-Jwt: ${tokens.spoilt}`;
    await run(
      'why',
      '-c',
      config,
      '--http',
      write('a.http', `GET /staff HTTP/1.1\nHost: a\n${headers}\n\n`),
      ...more,
    );
    await run(
      'why',
      '-c',
      config,
      '--http',
      write('b.http', `GET\n${headers} : ${sent.malformed}\n`),
      ...more,
    );
    const curl = `curl -H 'Authorization: Bearer ${tokens.expired}' -b '${cookies}' -u a:${sent.basicPassword} http://a/staff`;
    await run('why', '-c', config, '--curl', write('a.curl', curl), ...more);
    await run(
      'why',
      '-c',
      config,
      '--curl',
      write('b.curl', `${curl} --pasword '${sent.malformed}`),
      ...more,
    );
    const line = `[2026-01-01T00:00:00.000Z] "GET /q?jwt=${tokens.inQuery} HTTP/1.1" 401 - 0 14 0 - "-" "-" "id" "a" "-"`;
    await run('why', '-c', config, '--from-log', line, ...more);
    await run(
      'why',
      '-c',
      config,
      '--log',
      write('a.log', `${line}\n${line.slice(0, -30)}\n{"cookie": "${cookies}"\n`),
      ...more,
    );
  }
}

const TEST_HEAD = (config: string) => `
config: ${config}
clock: ${new Date().toISOString()}
issuers:
  main: {issuer: ${ISSUER}, jwks: keys.json}
tokens:
${Object.entries(tokens)
  .map(([name, text]) => `  ${name}: {text: "${text}"}`)
  .join('\n')}
`;

const failingCases = (names: readonly string[]) => `
table: |
  request     ${names.join('  ')}
  GET /staff  ${names.map(() => '204').join('  ')}
  GET /x      ${names.map(() => '204').join('  ')}
cases:
- name: with cookies
  request:
    path: /x
    as: inCookie
    token_in: {cookie: jwt}
    headers: {cookie: "session=${sent.sessionCookie}", x-api-key: "${sent.apiKey}"}
  expect:
    status: 201
    upstream: {host: b, path: /y, headers: {cookie: a, x-api-key: a, authorization: a, x-jwt: a, x-payload: {json: {sub: a}}}}
- name: in the query
  request: {path: "/x?a=b", as: inQuery, token_in: {query: jwt}}
  expect: {upstream: {path: /y}}
- name: with a password
  request: {path: /x, headers: {authorization: "Basic ${btoa(`a:${sent.basicPassword}`)}", x-jwt: "{token:inHeader}"}}
  expect: {status: 201, upstream: {headers: {authorization: a, x-payload: a}}}
- name: refused
  request: {path: /x, headers: {x-jwt: "{token:spoilt}"}}
  expect: {status: 201, body: a, details: b, headers: {www-authenticate: b}}
`;

const brokenTest = `
cases:
- request: {path: /x, as: "${tokens.forged}", header: {cookie: "session=${sent.sessionCookie}"}}
  expect: ${sent.apiKey}
- request: GET /x with ${tokens.expired}
  expect: 200
- ${sent.malformed}
`;

async function testAll(config: string, write: Write, run: Run): Promise<void> {
  write('keys.json', publicKeys);
  const head = TEST_HEAD(config);
  const red = write('red.test.yaml', head + failingCases(Object.keys(tokens)));
  const wrong = write('wrong.test.yaml', head + brokenTest);
  const green = write('green.test.yaml', `${head}table: |\n  request  good\n  GET /x   200\n`);
  for (const reporter of ['pretty', 'tap', 'junit', 'json']) {
    for (const file of [red, wrong, green]) {
      await run('test', '--reporter', reporter, '--coverage', '--mutation', file);
    }
  }
}

async function tokenAll(write: Write, run: Run): Promise<void> {
  const keys = write('public.json', publicKeys);
  const hmac = write(
    'hmac.json',
    JSON.stringify({
      keys: [{ kty: 'oct', k: configured.hmacKey, alg: 'none', d: configured.signingExponent }],
    }),
  );
  const notKeys = write('not.json', configured.misplacedTlsKey);
  for (const token of Object.values(tokens)) {
    for (const more of [[], ['--json']]) {
      for (const file of [keys, hmac, notKeys]) {
        await run(
          'token',
          'verify',
          token,
          '--jwks',
          file,
          '--issuer',
          'https://x.test',
          '--audience',
          AUDIENCE,
          ...more,
        );
      }
      await run('token', 'verify', token, '--secret', issued.clientSecret, ...more);
      await run('jws', 'verify', token, '--jwks', hmac, ...more);
    }
  }
  await run('token', 'mint', '--secret', mintSecret, '--alg', 'HS256', '--claim', 'sub=a');
  await run('token', 'mint', '--secret', mintSecret, '--alg', 'XS256', '--claim', 'sub=a');
  await run('token', 'verify', `${tokens.good}x`, '--secrt', mintSecret);
}

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createDevelopmentAuthority } from '../../src/platform/index.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { realmFile } from './issuer-fixture.ts';

const main = join(import.meta.dirname, '../../src/cli/main.ts');
const children: ChildProcess[] = [];

after(() => {
  for (const child of children) child.kill('SIGKILL');
});

const { path: folder, fileOf: file } = temporaryFolder();

function run(args: string[]): { child: ChildProcess; text: () => string } {
  const child = spawn(process.execPath, [main, 'issuer', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let text = '';
  child.stderr?.on('data', (chunk) => {
    text += String(chunk);
  });
  return { child, text: () => text };
}

/** Runs until it ends by itself. */
async function complete(args: string[]): Promise<{ code: number; text: string }> {
  const { child, text } = run(args);
  const [code] = (await once(child, 'close')) as [number];
  return { code, text: text() };
}

/** Runs until it says where it listens. */
async function start(args: string[]) {
  const { child, text } = run(['--listen', '127.0.0.1:0', ...args]);
  while (!/listening on \S+\n/.test(text())) {
    await Promise.race([
      once(child.stderr as NonNullable<ChildProcess['stderr']>, 'data'),
      once(child, 'close'),
    ]);
    if (child.exitCode !== null) throw new Error(text());
  }
  const url = /listening on (\S+)\n/.exec(text())?.[1] ?? '';
  const token = async (form: Record<string, string>) => {
    const body = new URLSearchParams({ client_id: 'service', ...form });
    const response = await fetch(`${url}/realms/funnel/protocol/openid-connect/token`, {
      method: 'POST',
      body,
    });
    return (await response.json()) as Record<string, string>;
  };
  return { child, url, text, token };
}

const LOGIN = { grant_type: 'password', username: 'demo', password: 'abcd1234' };

describe('jotgate issuer', () => {
  it('says where everything is, serves, and ends with 0 on SIGTERM', async () => {
    const { child, token, text } = await start(['--realm', realmFile]);
    assert.equal((await token(LOGIN))['expires_in'], 300 as unknown as string);
    assert.match(text(), /issuer +http:\/\/127\.0\.0\.1:\d+\/auth\/realms\/funnel\n/);
    assert.match(text(), /curl -s http:\/\/127\.0\.0\.1:\d+\/auth\/realms\/funnel\/protocol\/\S+\/certs/);
    const discovery = /discovery +curl -s (\S+)/.exec(text())?.[1] ?? '';
    const { issuer } = (await (await fetch(discovery)).json()) as { issuer: string };
    assert.equal(`${issuer}/.well-known/openid-configuration`, discovery, 'what a client of OpenID wants');
    assert.doesNotMatch(text(), /abcd1234|machine-secret/);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'close'), [0, null]);
  });

  it('ends with 130 on SIGINT', async () => {
    const { child } = await start(['--realm', realmFile]);
    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'close'), [130, null]);
  });

  it('takes the modern shape and a base URL', async () => {
    const { token } = await start([
      '--realm',
      realmFile,
      '--profile',
      'modern',
      '--base-url',
      'https://id.example/',
    ]);
    const { access_token: access = '' } = await token(LOGIN);
    const claims = JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString()) as {
      iss: string;
      jti: string;
    };
    assert.equal(claims.iss, 'https://id.example/realms/funnel');
    assert.match(claims.jti, /^onrtro:/);
  });

  it('speaks TLS with the pair that it is given', async () => {
    const authority = await createDevelopmentAuthority('test');
    const { certificate, privateKey } = await authority.issue({ names: ['localhost'] });
    const args = ['--tls-cert', file('cert.pem', certificate), '--tls-key', file('key.pem', privateKey)];
    const { url } = await start(['--realm', realmFile, ...args]);
    assert.match(url, /^https:/);
  });

  it('over TLS says curl lines that believe its certificate and ask for its public name', async () => {
    const authority = await createDevelopmentAuthority('test');
    const { certificate, privateKey } = await authority.issue({ names: ['id.test'] });
    const cert = file("the cert's.pem", certificate);
    const args = ['--realm', realmFile, '--tls-cert', cert, '--tls-key', file('its-key.pem', privateKey)];
    const here = await start(args);
    const trusting = `curl -s --cacert '${folder}/the cert'\\''s.pem'`;
    const keys = '/auth/realms/funnel/protocol/openid-connect/certs';
    assert.ok(here.text().includes(`  keys       ${trusting} ${here.url}${keys}\n`), here.text());
    const named = await start([...args, '--base-url', 'https://id.test/auth']);
    const moved = `--connect-to id.test:443:${new URL(named.url).host}`;
    assert.ok(
      named.text().includes(`  keys       ${trusting} ${moved} https://id.test${keys}\n`),
      named.text(),
    );
  });

  it('killed in the middle of refreshing, it has lost no key and revived no token', async () => {
    const realm = file('rotating.yaml', ROTATING);
    const args = ['--realm', realm, '--store', join(folder, 'kill.db'), '--base-url', 'https://id.example'];
    const first = await start(args);
    let spent = (await first.token(LOGIN))['refresh_token'] ?? '';
    let last = spent;
    for (let turn = 0; turn < 20; turn++) {
      spent = last;
      last = (await first.token({ grant_type: 'refresh_token', refresh_token: last }))['refresh_token'] ?? '';
    }
    first.child.kill('SIGKILL');
    await once(first.child, 'close');
    const second = await start(args);
    const next = await second.token({ grant_type: 'refresh_token', refresh_token: last });
    assert.notEqual(next['refresh_token'], undefined);
    const replay = await second.token({ grant_type: 'refresh_token', refresh_token: spent });
    assert.equal(replay['error_description'], 'Stale token');
  });
});

const ROTATING = `
realm: funnel
revokeRefreshToken: true
clients: [{clientId: service, publicClient: true, directAccessGrantsEnabled: true}]
users: [{username: demo, credentials: [{type: password, value: abcd1234}]}]
`;

describe('jotgate issuer says in one sentence', () => {
  const realm = ['--realm', realmFile];
  const CASES: { name: string; args: () => string[]; code: number; want: RegExp }[] = [
    {
      name: 'that a realm file is not there',
      args: () => ['--realm', 'nope.json'],
      code: 2,
      want: /cannot read the file `nope\.json`: there is no such file/,
    },
    {
      name: 'that a realm file is broken, with its place',
      args: () => ['--realm', file('bad.json', '{\n  "realm": 5x\n}')],
      code: 3,
      want: /bad\.json:2:\d+: error\[E\d+\]: /,
    },
    {
      name: 'that two files hold one realm',
      args: () => [...realm, realmFile],
      code: 3,
      want: /realm `funnel` is in two files/,
    },
    {
      name: 'that an address is none',
      args: () => [...realm, '--listen', 'here'],
      code: 2,
      want: /no ADDRESS:PORT/,
    },
    {
      name: 'that others could reach it',
      args: () => [...realm, '--listen', '0.0.0.0:0'],
      code: 2,
      want: /--allow-remote/,
    },
    {
      name: 'that a profile is none',
      args: () => [...realm, '--profile', 'new'],
      code: 2,
      want: /neither `legacy` nor `modern`/,
    },
    {
      name: 'that a base URL is none',
      args: () => [...realm, '--base-url', 'id.example'],
      code: 2,
      want: /no URL like/,
    },
    {
      name: 'that half a TLS pair is missing',
      args: () => [...realm, '--tls-cert', realmFile],
      code: 2,
      want: /go together/,
    },
    {
      name: 'that a TLS pair is none',
      args: () => [...realm, '--tls-cert', realmFile, '--tls-key', realmFile],
      code: 2,
      want: /no certificate and its key/,
    },
    {
      name: 'that a store is no store',
      args: () => [...realm, '--store', file('text.db', 'this is no database, by no means')],
      code: 2,
      want: /the store `[^`]+` cannot be opened: /,
    },
  ];
  for (const { name, args, code, want } of CASES) {
    it(name, async () => {
      const ended = await complete(args());
      assert.match(ended.text, want);
      assert.doesNotMatch(ended.text, /^ +at /m);
      assert.equal(ended.code, code);
    });
  }

  it('that a port is in use', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    const ended = await complete([...realm, '--listen', `127.0.0.1:${port}`]);
    holder.close();
    assert.match(ended.text, new RegExp(`^jotgate: 127\\.0\\.0\\.1:${port} is in use;`));
    assert.equal(ended.code, 2);
  });
});

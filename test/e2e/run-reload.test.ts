import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { bootstrapOf, extension, listenerOf, managerOf } from '../fixtures/envoy-config.ts';
import { type Origin, startOrigin } from '../oracle/origin.ts';
import { findFreePort } from './gate-process.ts';
import { exchange, RawClient } from './raw-exchange.ts';
import { createTokenSigner, EXPIRES_LATE } from './token-signer.ts';

const signer = createTokenSigner('ES256');
const TOKEN = signer.sign({ iss: 'a', sub: 'alice', exp: EXPIRES_LATE });
const program = join(import.meta.dirname, '../../src/cli/main.ts');

const JWT = `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: jwt, namespace: foo }
spec:
  selector: { matchLabels: { app: shop } }
  jwtRules: [{ issuer: a, jwks: '${signer.jwks}' }]
`;
const ALLOW = (path: string) => `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: allow, namespace: foo }
spec:
  selector: { matchLabels: { app: shop } }
  rules: [{ from: [{ source: { requestPrincipals: ["*"] } }], to: [{ operation: { paths: ["${path}"] } }] }]
`;
const OTHERS = `apiVersion: apps/v1
kind: Deployment
metadata: { name: shop, namespace: foo }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: someone-else, namespace: bar }
spec: {}
`;
const TEAPOT = [{ match: { prefix: '/' }, direct_response: { status: 418 } }];
const envoyAnswering = (port: number) =>
  bootstrapOf([listenerOf('beside', [managerOf({ routes: TEAPOT })], {}, port)]);

interface Running {
  /** Resolves when the text has been said once more; rejects when the process ends. */
  said(text: string): Promise<void>;
  stop(): Promise<void>;
}

function runGate(args: readonly string[]): Running {
  const child = spawn(process.execPath, [program, 'run', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  let read = 0;
  let wake = () => {};
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
      wake();
    });
  });
  child.stderr.on('data', (chunk) => {
    text += String(chunk);
    wake();
  });
  return {
    said: async (wanted) => {
      for (;;) {
        const at = text.indexOf(wanted, read);
        if (at >= 0) {
          read = at + wanted.length;
          return;
        }
        assert.equal(child.exitCode, null, text);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

describe('`run` follows its files', () => {
  let origin: Origin;
  let folder: string;
  let port: number;
  let beside: number;
  let gate: Running;
  before(async () => {
    origin = await startOrigin();
  });
  after(() => origin?.close());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'reload-'));
    [port, beside] = [await findFreePort(), await findFreePort()];
    writeFileSync(join(folder, 'jwt.yaml'), JWT);
    writeFileSync(join(folder, 'allow.yaml'), ALLOW('/a'));
    writeFileSync(join(folder, 'others.yaml'), OTHERS);
    writeFileSync(join(folder, 'envoy.yaml'), envoyAnswering(beside));
    const places = ['--upstream', `http://127.0.0.1:${origin.port}`, '--listen', `127.0.0.1:${port}`];
    gate = runGate(['-c', folder, '--workload', 'foo/app=shop', ...places]);
    await gate.said('listening on');
  });
  afterEach(async () => {
    await gate?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const head = (path: string) => `GET ${path} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`;
  const statusOf = async (path: string) => (await exchange(port, head(path)))?.status;

  it('an unmodified folder, Envoy’s words among it, runs for one workload; a policy that changes counts from then on', async () => {
    const client = new RawClient(port);
    client.send(head('/a'));
    assert.equal((await client.response())?.status, 200);
    assert.equal(await statusOf('/b'), 403);
    assert.equal((await exchange(beside, head('/')))?.status, 418);
    writeFileSync(join(folder, 'new'), ALLOW('/b'));
    renameSync(join(folder, 'new'), join(folder, 'allow.yaml'));
    await gate.said('reloaded');
    client.send(head('/a') + head('/b'));
    assert.equal((await client.response())?.status, 403);
    assert.equal((await client.response())?.status, 200);
    assert.equal((await exchange(beside, head('/')))?.status, 418);
    client.close();
  });
  it('a file that is wrong is said to be, and changes nothing', async () => {
    writeFileSync(join(folder, 'allow.yaml'), ALLOW('/b').replace('paths', 'path'));
    await gate.said('allow.yaml');
    await gate.said('serving as before');
    assert.deepEqual([await statusOf('/a'), await statusOf('/b')], [200, 403]);
    writeFileSync(join(folder, 'allow.yaml'), ALLOW('/b'));
    await gate.said('reloaded');
    assert.deepEqual([await statusOf('/a'), await statusOf('/b')], [403, 200]);
  });
  it('a file that has become empty is being written, and nothing changes until it is', async () => {
    writeFileSync(join(folder, 'allow.yaml'), '');
    await gate.said('allow.yaml` has become empty');
    assert.deepEqual([await statusOf('/a'), await statusOf('/b')], [200, 403]);
    writeFileSync(join(folder, 'allow.yaml'), ALLOW('/b'));
    await gate.said('reloaded');
    assert.deepEqual([await statusOf('/a'), await statusOf('/b')], [403, 200]);
  });
  it('a folder is followed too that is changed by a symbolic link, as those of ConfigMaps are', async () => {
    for (const [version, path] of [
      ['..1', '/a'],
      ['..2', '/b'],
    ] as const) {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, 'allow.yaml'), ALLOW(path));
    }
    symlinkSync('..1', join(folder, '..data'));
    rmSync(join(folder, 'allow.yaml'));
    symlinkSync('..data/allow.yaml', join(folder, 'allow.yaml'));
    assert.deepEqual([await statusOf('/a'), await statusOf('/b')], [200, 403]);
    symlinkSync('..2', join(folder, '..new'));
    renameSync(join(folder, '..new'), join(folder, '..data'));
    await gate.said('reloaded');
    assert.deepEqual([await statusOf('/a'), await statusOf('/b')], [403, 200]);
  });
  it('a policy that is deleted is gone, a new file is read', async () => {
    rmSync(join(folder, 'allow.yaml'));
    await gate.said('reloaded');
    assert.equal(await statusOf('/b'), 200);
    writeFileSync(join(folder, 'deny.yaml'), ALLOW('/b').replace('spec:', 'spec:\n  action: DENY'));
    await gate.said('reloaded');
    assert.deepEqual([await statusOf('/a'), await statusOf('/b')], [200, 403]);
  });
});

function keyedGate(port: number, filename: string): string {
  const jwt = extension('filters.http.jwt_authn.v3.JwtAuthentication', {
    providers: { p: { issuer: 'a', local_jwks: { filename } } },
    rules: [{ match: { prefix: '/' }, requires: { provider_name: 'p' } }],
  });
  return bootstrapOf([listenerOf('keyed', [managerOf({ filters: [jwt] })], {}, port)]);
}

describe('`run` follows the files that its files name', () => {
  const other = createTokenSigner('ES256');
  let folder: string;
  let gate: Running;
  let port: number;
  const keyFile = () => join(folder, 'keys', 'jwks.json');
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'reload-'));
    port = await findFreePort();
    mkdirSync(join(folder, 'keys'));
    writeFileSync(keyFile(), signer.jwks);
    writeFileSync(join(folder, 'envoy.yaml'), keyedGate(port, keyFile()));
    gate = runGate(['-c', join(folder, 'envoy.yaml')]);
    await gate.said('listening on');
  });
  afterEach(async () => {
    await gate?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const statusOf = async (token: string) =>
    (await exchange(port, `GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${token}\r\n\r\n`))?.status;
  const newToken = other.sign({ iss: 'a', exp: EXPIRES_LATE });
  const statuses = async () => [await statusOf(TOKEN), await statusOf(newToken)];

  it('a key that is gone ends its tokens, those that are remembered too, and a new one counts', async () => {
    for (let i = 0; i < 3; i++) assert.deepEqual(await statuses(), [200, 401]);
    writeFileSync(keyFile(), other.jwks);
    await gate.said('reloaded');
    assert.deepEqual(await statuses(), [401, 200]);
  });

  it('keys that are none change nothing until they are some, in another place too', async () => {
    writeFileSync(keyFile(), '');
    await gate.said('jwks.json` has become empty');
    writeFileSync(keyFile(), '{}');
    await gate.said('serving as before');
    assert.deepEqual(await statuses(), [200, 401]);
    mkdirSync(join(folder, 'more'));
    writeFileSync(join(folder, 'envoy.yaml'), keyedGate(port, join(folder, 'more', 'jwks.json')));
    await gate.said('serving as before');
    writeFileSync(join(folder, 'more', 'jwks.json'), other.jwks);
    await gate.said('reloaded');
    assert.deepEqual(await statuses(), [401, 200]);
  });
});

import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { encodePart, signText, testJwk } from '../fixtures/raw-token.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const root = join(import.meta.dirname, '..', '..');
const program = join(root, 'src', 'cli', 'main.ts');
const { path: folder } = temporaryFolder();
const jwks = join(folder, 'jwks.json');
writeFileSync(jwks, JSON.stringify({ keys: [testJwk('ES256')] }));
const good = signText(`${encodePart({ alg: 'ES256' })}.Zm9v`, 'ES256');

interface Running {
  child: ChildProcessWithoutNullStreams;
  err(): string;
  /** Exit code or signal. */
  ended: Promise<number | string | null>;
}

function start(...args: string[]): Running {
  const child = spawn(process.execPath, [program, ...args], { cwd: root });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  child.stdin.on('error', () => undefined);
  const ended = new Promise<number | string | null>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? code));
  });
  return { child, err: () => err, ended };
}

describe('a command whose reader has seen enough', () => {
  const commands: string[][] = [
    ['schema'],
    ['validate', '--json', 'examples/01-front-proxy/envoy-jwt.yaml'],
    ['why', '-c', 'examples/01-front-proxy/envoy-jwt.yaml', '/'],
    ['eject', 'examples/02-istio-jwt/istio.yaml', '--upstream', 'http://localhost:1'],
    ['--help'],
  ];
  for (const args of commands) {
    it(`ends quietly: ${args[0]}`, async () => {
      const { child, err, ended } = start(...args);
      child.stdout.destroy();
      assert.equal(typeof (await ended), 'number');
      assert.doesNotMatch(err(), /EPIPE|internal error|\n {4}at /);
    });
  }

  it('ends while its input goes on', async () => {
    const { child, err, ended } = start('jws', 'verify', '--jwks', jwks, '-');
    const feed = () => {
      while (child.stdin.writable && child.stdin.write(`${good}\n`.repeat(100)));
    };
    child.stdin.on('drain', feed);
    feed();
    await once(child.stdout, 'data');
    child.stdout.destroy();
    assert.equal(await ended, 0);
    assert.equal(err(), '');
  });
});

describe('a command whose talk nobody reads', () => {
  it('does its work all the same', async () => {
    const { child, ended } = start('jws', 'verify', '--jwks', jwks, '-');
    child.stderr.destroy();
    child.stdin.end(`${good}\r\n${good}\n`);
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    assert.equal(await ended, 5);
    assert.match(out, /^invalid: .*\nvalid\n$/);
  });
});

const fullDisk = '/dev/full';
describe('on a full disk', { skip: existsSync(fullDisk) ? false : 'no /dev/full here' }, () => {
  const full = openSync(existsSync(fullDisk) ? fullDisk : devNull, 'w');
  after(() => closeSync(full));

  it('a command says in one sentence that its results are lost', () => {
    const { status, stderr } = spawnSync(process.execPath, [program, 'schema'], {
      cwd: root,
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    assert.equal(status, 2);
    assert.equal(stderr, 'jotgate: cannot write the results to the standard output (ENOSPC)\n');
  });

  it('a command whose talk is lost does its work all the same', () => {
    const { status, stdout } = spawnSync(process.execPath, [program, 'jws', 'verify', '--jwks', jwks, '-'], {
      cwd: root,
      input: `x\n${good}\n`,
      stdio: ['pipe', 'pipe', full],
      encoding: 'utf8',
    });
    assert.equal(status, 5);
    assert.match(stdout, /^invalid: .*\nvalid\n$/);
  });

  it('validate ends with its own code, and not as our bug', () => {
    const { status } = spawnSync(
      process.execPath,
      [program, 'validate', '--strict', 'examples/01-front-proxy/envoy-jwt.yaml'],
      { cwd: root, stdio: ['ignore', 'ignore', full] },
    );
    assert.equal(status, 3);
  });
});

describe('jws verify -', () => {
  it('answers each line before the next one comes', async () => {
    const { child, ended } = start('jws', 'verify', '--jwks', jwks, '-');
    child.stdout.setEncoding('utf8');
    for (const [line, want] of [
      [good, /^valid\n$/],
      ['x', /^invalid: /],
      [good, /^valid\n$/],
    ] as const) {
      child.stdin.write(`${line}\n`);
      const [answer] = (await once(child.stdout, 'data')) as [string];
      assert.match(answer, want);
    }
    child.stdin.end();
    assert.equal(await ended, 5);
  });

  it('answers a line without an end, and needs no more memory for it', async () => {
    const heap = spawn(process.execPath, [
      '--max-old-space-size=96',
      program,
      'jws',
      'verify',
      '--jwks',
      jwks,
      '-',
    ]);
    const piece = Buffer.alloc(1 << 20, 'x');
    heap.stdin.on('error', () => undefined);
    let left = 200;
    const feed = () => {
      while (left > 0) {
        left--;
        if (!heap.stdin.write(piece)) return;
      }
      heap.stdin.end(`\n${good}\n`);
    };
    heap.stdin.on('drain', feed);
    feed();
    let out = '';
    heap.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    const [code] = (await once(heap, 'close')) as [number];
    assert.match(out, /^invalid: .*\nvalid\n$/);
    assert.equal(code, 5);
  });
});

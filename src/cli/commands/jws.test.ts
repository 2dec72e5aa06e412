import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { runCli } from '../../../test/fixtures/collecting-io.ts';
import { encodePart, signText, testJwk } from '../../../test/fixtures/raw-token.ts';

const folder = mkdtempSync(join(tmpdir(), 'jotgate-jws-'));
after(() => rmSync(folder, { recursive: true }));
const jwks = join(folder, 'jwks.json');
writeFileSync(jwks, JSON.stringify({ keys: [testJwk('ES256')] }));

const good = signText(`${encodePart({ alg: 'ES256' })}.Zm9v`, 'ES256');
const main = join(import.meta.dirname, '..', 'main.ts');

describe('jws verify', () => {
  it('says valid for a good one, whatever its payload', async () => {
    const empty = signText(`${encodePart({ alg: 'ES256' })}.`, 'ES256');
    for (const jws of [good, empty]) {
      assert.deepEqual(await runCli(['jws', 'verify', '--jwks', jwks, jws]), {
        exitCode: 0,
        out: 'valid\n',
        err: '',
      });
    }
  });

  it('says why not, exit 5', async () => {
    const run = await runCli(['jws', 'verify', '--jwks', jwks, `${good}=`]);
    assert.deepEqual(
      [run.exitCode, run.out],
      [5, 'invalid: Jwt signature is an invalid Base64url encoded\n'],
    );
  });

  it('answers a line for each line, an empty one too, and trims nothing', async () => {
    const run = await runCli(
      ['jws', 'verify', '--jwks', jwks, '-'],
      `${good}\n\n ${good}\n${good}\r\n${good}`,
    );
    const verdicts = run.out.trimEnd().split('\n');
    assert.deepEqual(
      verdicts.map((line) => line.split(':')[0]),
      ['valid', 'invalid', 'invalid', 'invalid', 'valid'],
    );
    assert.equal(run.exitCode, 5);
  });

  it('forgives no CR, and says once that there is one', async () => {
    const run = await runCli(['jws', 'verify', '--jwks', jwks, '-'], `${good}\r\n${good}\r\n`);
    assert.match(run.out, /^(?:invalid: .*\n){2}$/);
    assert.equal(
      run.err,
      'a line ends in CR LF, and the CR was judged as part of the JWS; take it off with `tr -d "\\r"`\n',
    );
  });

  it('exits 0 when all are valid, and when there are none', async () => {
    assert.equal((await runCli(['jws', 'verify', '--jwks', jwks, '-'], `${good}\n${good}\n`)).exitCode, 0);
    assert.deepEqual(await runCli(['jws', 'verify', '--jwks', jwks, '-'], ''), {
      exitCode: 0,
      out: '',
      err: '',
    });
    assert.equal((await runCli(['jws', 'verify', '--jwks', jwks, '-'], '\n')).out.split(':')[0], 'invalid');
  });

  it('--json is one object a line', async () => {
    const run = await runCli(['jws', 'verify', '--json', '--jwks', jwks, '-'], `${good}\nx\n`);
    const verdicts = run.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      verdicts.map(({ valid, status }) => [valid, status]),
      [
        [true, 0],
        [false, 4],
      ],
    );
  });

  it('with keys that cannot be used everything is invalid, and the log says why', async () => {
    const weak = join(folder, 'weak.json');
    writeFileSync(weak, JSON.stringify({ ...testJwk('ES256'), use: 'enc', kid: 'w' }));
    const run = await runCli(['jws', 'verify', '--jwks', weak, good]);
    assert.deepEqual([run.exitCode, run.out], [5, 'invalid: Jwt verification fails\n']);
    assert.match(run.err, /key 0 \(kid `w`\) refused: `use` says/);
  });

  it('works as a process, from pipe to exit code', () => {
    const run = spawnSync(process.execPath, [main, 'jws', 'verify', '--jwks', jwks, '-'], {
      input: `${good}\n\n`,
      encoding: 'utf8',
    });
    assert.equal(run.status, 5);
    assert.match(run.stdout, /^valid\ninvalid: Jwt is not in the form .*\n$/);
  });
});

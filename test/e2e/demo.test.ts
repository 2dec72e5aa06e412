import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const program = join(root, 'src', 'cli', 'main.ts');

interface Run {
  code: number | null;
  out: string;
}

function playDemo(): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, 'demo', '--once'], { cwd: root });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        out += text;
      });
    }
    child.on('close', (code) => resolve({ code, out }));
  });
}

/** The story without what has to differ: ports, times, identifiers. */
function plot(out: string): string[] {
  return out
    .split('\n')
    .filter((line) => /^\s*\d+ {2}|^\s+\d{3} |^\s+why|^──|^\s+Jwt|^\s+L\d\d/.test(line))
    .map((line) =>
      line
        .replaceAll(
          /\d{4}-\d\d-\d\dT[\d:]+Z|\(\d+m\d+s ago\)|[0-9a-f-]{36}|token [0-9a-f]{6}|"[\w-]{43}"/g,
          '…',
        )
        .replaceAll(/127\.0\.0\.1:\d+/g, 'LOOPBACK')
        .replaceAll(/the next token in \d+ s/g, 'the next token soon'),
    );
}

describe('jotgate demo --once', () => {
  let first: Run;
  let second: Run;
  before(async () => {
    first = await playDemo();
    second = await playDemo();
  });

  it('plays every step as the story has it and exits 0', () => {
    assert.equal(first.code, 0, first.out);
    assert.doesNotMatch(first.out, /DIFFERS/);
    assert.match(first.out, /\d+ steps, all as the story has them/);
  });

  it('begins as the README shows it', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const shown =
      /first thing on screen is a refusal, and why:\n\n```\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const portless = (text: string) => text.replaceAll(/127\.0\.0\.1:\d+/g, 'LOOPBACK');
    assert.match(shown, /^ 1 {2}A request without a token/);
    assert.ok(portless(first.out).includes(portless(shown)), first.out.slice(0, 1500));
  });

  it('begins with a refusal, and three lines under it that name the rule by file and line', () => {
    const lines = first.out.split('\n');
    const at = lines.findIndex((line) => line.includes('Jwt is missing'));
    const why = lines.slice(at + 1, at + 4);
    assert.ok(
      why.every((line) => /^ {4}why .*envoy-jwt\.yaml:\d+$/.test(line)),
      why.join('\n'),
    );
  });

  it('says of every 401 and 403 why, in a line that names a file and line or the service', () => {
    const steps = first.out.split(/\n\n(?=\s*\d+ {2})/).filter((step) => /^ {4}40[13] /m.test(step));
    assert.ok(steps.length >= 10);
    for (const step of steps) assert.match(step, /^ {4}why .*(\.yaml:\d+|the service, not the gate)/m, step);
  });

  it("refuses demo's sixth call within a minute by the bucket's own line, and not bob's", () => {
    const at = first.out.indexOf("demo's sixth call");
    const [sixth = '', bobs = ''] = first.out.slice(at).split(/\n\n(?=\s*\d+ {2})/);
    assert.match(sixth, /^ {4}429 /m);
    assert.match(sixth, /^ {4}why .*bucket user=20673bd6-\S+: holds 5, .*envoy-rate-limit\.yaml:\d+$/m);
    assert.match(bobs, /^ {4}200 /m);
  });

  it('tells the same story the second time', () => {
    assert.deepEqual(plot(second.out), plot(first.out));
  });

  it('prints no whole token', () => {
    assert.doesNotMatch(first.out, /eyJ[\w-]{20,}/);
  });
});

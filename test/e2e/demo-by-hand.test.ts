import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { startDemo } from './demo-process.ts';

const curl = spawnSync('curl', ['--version']).status === 0;
if (!curl) process.stderr.write("no curl: the demo's commands were not run by hand\n");

interface Printed {
  command: string;
  /** What the story got; absent for a command that is not a step. */
  status: number | undefined;
}

/** The commands of the story in their order. Those of its last chapter are for files of one's own. */
function readCommands(out: string): Printed[] {
  const [story = ''] = out.split('── Now yours');
  const lines = story.split('\n').map((line) => line.trim());
  return lines.flatMap((line, index) => {
    if (!line.startsWith('$ ')) return [];
    const isGateCall = line.startsWith('$ curl -s -D');
    const status = isGateCall ? Number(lines[index + 1]?.slice(0, 3)) : undefined;
    return [{ command: line.slice(2), status }];
  });
}

const MARK = '#### command';

/** Runs all of them in one shell, as a person would who pastes them. @returns what each wrote */
function runInShell(commands: readonly Printed[]): Promise<string[]> {
  const script = commands.map(({ command }) => `echo; echo '${MARK}'\n${command}`).join('\n');
  return new Promise((resolve) => {
    const shell = spawn('sh', ['-s'], { stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '';
    for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (more) => (out += more));
    shell.once('close', () => resolve(out.split(`${MARK}\n`).slice(1)));
    shell.stdin.end(`${script}\n`);
  });
}

describe('a demo that stays up', () => {
  it('plays its whole story again by the commands that it printed, and leaves nothing behind', async () => {
    const demo = startDemo();
    await demo.says('Ctrl-C ends it');
    const commands = readCommands(demo.out());
    const ran = curl ? await runInShell(commands) : [];
    demo.child.kill('SIGINT');
    assert.equal(await demo.ended, 'exit 0');
    assert.deepEqual(demo.leftOver(), []);

    assert.ok(commands.length > 35);
    const steps = commands.filter(({ status }) => status !== undefined);
    assert.ok(steps.length >= 24 && steps.every(({ status }) => (status as number) >= 200));
    for (const [index, output] of ran.entries()) {
      const { command, status } = commands[index] as Printed;
      const got = [...output.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => Number(match[1]));
      if (status !== undefined) assert.deepEqual(got, [status], `${command}\n${output}`);
      else if (command.startsWith('for ')) assert.deepEqual(got, [200, 200, 200, 200], output);
      else if (command.startsWith('curl ')) assert.equal(output.trim(), 'done', command);
      else assert.equal(output.trim(), '', command);
    }
  });
});

describe('a demo that is interrupted', () => {
  it('in its story ends with exit code 130 and leaves nothing behind', async () => {
    const demo = startDemo();
    await demo.says('Jwt is missing');
    demo.child.kill('SIGINT');
    assert.equal(await demo.ended, 'exit 130', demo.out());
    assert.deepEqual(demo.leftOver(), []);
  });

  it('by a reader who has seen enough ends quietly and leaves nothing behind', async () => {
    const demo = startDemo('--once');
    await demo.says('Jwt is missing');
    demo.child.stdout?.destroy();
    await demo.ended;
    assert.doesNotMatch(demo.out(), /EPIPE|internal error/);
    assert.deepEqual(demo.leftOver(), []);
  });
});

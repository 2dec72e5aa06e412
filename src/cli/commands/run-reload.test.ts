import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Gate } from '../../server/index.ts';
import type { CliIo } from '../io.ts';
import { RunConfig } from './run-reload.ts';

const folder = mkdtempSync(join(tmpdir(), 'jotgate-run-reload-'));
after(() => rmSync(folder, { recursive: true }));

it('a fault of our own while files are read again is told, and the next change is served', async (test) => {
  const file = join(folder, 'envoy.yaml');
  const write = (name: string) => writeFileSync(file, `static_resources: {clusters: [{name: ${name}}]}\n`);
  let said: (text: string) => void = () => undefined;
  const io: CliIo = {
    out: () => undefined,
    err: (text) => said(text),
    readStdin: async () => '',
    color: false,
    exitCode: 0,
  };
  const next = () => new Promise<string>((resolve) => (said = resolve));
  write('a');
  const config = new RunConfig([file], () => ({ strict: false, upstream: undefined, listen: undefined }), io);
  await config.load();
  let updates = 0;
  const update = async () => {
    if (updates++ === 0) throw new TypeError('x is not a function');
    return { problem: null, findings: [] };
  };
  const watch = config.follow({ update } as unknown as Gate);
  // A watch does not keep the process.
  const keep = setInterval(() => undefined, 2 ** 30);
  test.after(() => {
    clearInterval(keep);
    watch.close();
  });
  const first = next();
  write('b');
  assert.match(
    await first,
    /^not reloaded: internal error, please report it\nTypeError: x is not a function/,
  );
  const second = next();
  write('c');
  assert.equal(await second, 'reloaded\n');
});

it('a file that is not there is told once, where the log lies beside it too', async (test) => {
  const beside = mkdtempSync(join(folder, 'beside-'));
  const file = join(beside, 'envoy.yaml');
  const write = (name: string) => writeFileSync(file, `static_resources: {clusters: [{name: ${name}}]}\n`);
  let said: (text: string) => void = () => undefined;
  let looked: () => void = () => undefined;
  const io: CliIo = {
    out: () => undefined,
    err: (text) => {
      appendFileSync(join(beside, 'gate.log'), text);
      said(text);
    },
    readStdin: async () => '',
    /** Asked for whenever the files are read again. */
    get color() {
      looked();
      return false;
    },
    exitCode: 0,
  };
  const next = () => new Promise<string>((resolve) => (said = resolve));
  const reading = () => new Promise<void>((resolve) => (looked = resolve));
  write('a');
  const config = new RunConfig([file], () => ({ strict: false, upstream: undefined, listen: undefined }), io);
  await config.load();
  const update = async () => ({ problem: null, findings: [] });
  const watch = config.follow({ update } as unknown as Gate);
  const keep = setInterval(() => undefined, 2 ** 30);
  test.after(() => {
    clearInterval(keep);
    watch.close();
  });
  const first = next();
  rmSync(file);
  assert.match(await first, /^not reloaded: cannot read the configuration .*there is no such file/);
  const second = next();
  await reading();
  await setImmediate();
  write('b');
  assert.equal(await second, 'reloaded\n');
});

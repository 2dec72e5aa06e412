import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { LogFile } from './log-file.ts';

describe('a log file', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'log-file-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const never = (error: Error) => assert.fail(error.message);

  it('has what was written, byte for byte, when it is closed', async () => {
    const path = join(folder, 'a');
    const log = new LogFile(path, never);
    log.write('one\xe9\n');
    log.write('two\n');
    assert.equal(readFileSync(path, 'latin1'), '');
    await log.close();
    assert.equal(readFileSync(path, 'latin1'), 'one\xe9\ntwo\n');
  });

  it('is added to', async () => {
    const path = join(folder, 'b');
    for (const line of ['one\n', 'two\n']) {
      const log = new LogFile(path, never);
      log.write(line);
      await log.close();
    }
    assert.equal(readFileSync(path, 'latin1'), 'one\ntwo\n');
  });

  it('keeps lines whole and in order past what is written at once', async () => {
    const path = join(folder, 'c');
    const log = new LogFile(path, never);
    const lines = Array.from({ length: 4000 }, (_, index) => `${index} ${'x'.repeat(60)}\n`);
    for (const line of lines) log.write(line);
    await log.close();
    assert.equal(readFileSync(path, 'latin1'), lines.join(''));
  });

  it('says that it cannot be opened', () => {
    assert.throws(() => new LogFile(join(folder, 'none', 'a'), never), /ENOENT/);
  });
});

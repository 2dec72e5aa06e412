import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs, { closeSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../test/fixtures/temporary-folder.ts';
import { readNamedFile, readToEnd } from './read-file.ts';

describe('a file', () => {
  const folder = temporaryFolder();

  it('is read to its end, whatever its length', () => {
    const path = join(folder.path, 'file');
    for (const length of [0, 1, 65_536, 65_537, 300_000]) {
      const bytes = Buffer.alloc(length, 'abc');
      writeFileSync(path, bytes);
      assert.ok(readToEnd(path, 300_000).equals(bytes));
    }
    assert.throws(() => readToEnd(path, 299_999), { code: 'EFBIG' });
  });

  it('that comes a byte at a time takes no more memory than another', (t) => {
    let left = 1000;
    const buffers = new Set<ArrayBufferLike>();
    t.mock.method(fs, 'readSync', (_file: number, into: Buffer, { offset = 0 } = {}) => {
      buffers.add(into.buffer);
      if (left === 0) return 0;
      left--;
      into[offset] = 0x61;
      return 1;
    });
    syncBuiltinESMExports();
    t.after(() => {
      t.mock.restoreAll();
      syncBuiltinESMExports();
    });
    assert.equal(readToEnd('/dev/null', 1000).toString(), 'a'.repeat(1000));
    assert.equal(buffers.size, 1);
  });

  it('that has no end is given up', () => {
    assert.throws(() => readToEnd('/dev/zero', 1_000_000), { code: 'EFBIG' });
  });

  it('that a configuration names is no device and none of the kernel’s, by no other name', () => {
    const link = join(folder.path, 'link');
    symlinkSync('/dev/zero', link);
    for (const path of ['/dev/zero', '/dev/null', '/proc/self/status', link]) {
      assert.throws(() => readNamedFile(path), { message: 'a device, or a file of the kernel’s' });
    }
  });

  it('that a configuration names is no pipe that somebody might write to', () => {
    const path = join(folder.path, 'pipe');
    assert.equal(spawnSync('sh', ['-c', 'mkfifo "$0"', path]).status, 0);
    assert.throws(() => readNamedFile(path), { message: 'a pipe' });
  });

  it('that a configuration names may be a descriptor', () => {
    const path = folder.fileOf('handed', 'hello');
    const file = openSync(path, 'r');
    assert.equal(readNamedFile(`/dev/fd/${file}`).toString(), 'hello');
    closeSync(file);
  });
});

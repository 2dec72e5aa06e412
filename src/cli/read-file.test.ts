import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { UserError } from './io.ts';
import { filesIn, readBytes, whyUnreadable } from './read-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'read-file-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string) => join(folder, name);
writeFileSync(path('a.yaml'), 'a: 1\n');
mkdirSync(path('empty'));
mkdirSync(path('set/looks-like.yaml'), { recursive: true });
writeFileSync(path('set/b.yaml'), '');
symlinkSync('loop', path('loop'));

describe('a file that cannot be read is one sentence with what to do next', () => {
  const rows: { name: string; want: RegExp }[] = [
    { name: 'none.yaml', want: /: there is no such file; check the path$/ },
    { name: 'a.yaml/x', want: /: a part of the path is a file and no folder; check the path$/ },
    { name: 'loop', want: /: its symbolic links lead in a circle; check the path$/ },
    { name: 'empty', want: /^the folder `.*` has no YAML and no JSON; check the path$/ },
  ];
  for (const { name, want } of rows) {
    it(name, () => {
      assert.throws(
        () => filesIn(path(name), 'configuration').map((file) => readBytes(file, 'configuration')),
        (error) => error instanceof UserError && error.exitCode === 2 && want.test(error.message),
      );
    });
  }
  it('a folder where a file is wanted', () => {
    assert.throws(
      () => readBytes(path('empty'), 'roots'),
      /cannot read the roots `.*`: it is a folder; name a file in it$/,
    );
  });
  it('a file that is longer than any configuration, unread', () => {
    writeFileSync(path('long.yaml'), '');
    truncateSync(path('long.yaml'), 65 * 1024 * 1024);
    assert.throws(
      () => readBytes(path('long.yaml'), 'configuration'),
      /the configuration `.*` is longer than 64 MiB; check the path, or split it$/,
    );
    assert.equal(readBytes(path('long.yaml'), 'access log').length, 65 * 1024 * 1024);
  });
  it('a file of somebody else', () => {
    assert.equal(whyUnreadable('EACCES'), 'this user may not read it; change its permissions or the user');
    assert.equal(whyUnreadable('EIO'), 'EIO; check the path');
  });
  it('a folder with the name of a file is none of the files', () => {
    assert.deepEqual(filesIn(path('set'), 'configuration'), [path('set/b.yaml')]);
  });
});

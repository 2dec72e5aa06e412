import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { watchTests } from './watch-tests.ts';

const folder = mkdtempSync(join(tmpdir(), 'jotgate-watch-'));
after(() => rmSync(folder, { recursive: true }));

/** Watching by hand: `change` writes a file and says that something happened in its folder. */
function openStage(reads: readonly string[]) {
  let changed = () => {};
  let wake = () => {};
  let end = () => {};
  const stage = { runs: 0, open: 0, watched: [] as readonly string[] };
  const over = watchTests({
    run: async () => {
      stage.runs++;
      wake();
      return reads;
    },
    watch: (paths, onChange) => {
      stage.open++;
      stage.watched = paths;
      changed = onChange;
      return { close: () => void stage.open-- };
    },
    ended: new Promise((resolve) => {
      end = resolve;
    }),
  });
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  return {
    stage,
    write,
    happen: () => changed(),
    /** Resolves when they run once more. */
    ran: () =>
      new Promise<void>((resolve) => {
        wake = resolve;
      }),
    stop: async () => {
      end();
      await over;
    },
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('watched tests', () => {
  it('run again when a file that was read has another text, and not for what else happens', async () => {
    const file = join(folder, 'a.yaml');
    writeFileSync(file, 'one');
    const { stage, write, happen, ran, stop } = openStage([file]);
    await settle();
    write('report.xml', 'written by the run itself');
    happen();
    write('a.yaml', 'one');
    happen();
    await settle();
    assert.equal(stage.runs, 1);
    const again = ran();
    write('a.yaml', 'two');
    happen();
    await again;
    await stop();
    assert.deepEqual([stage.runs, stage.open], [2, 0]);
  });
  it('run again when a pattern has one file more', async () => {
    const { write, happen, ran, stop, stage } = openStage([join(folder, '*.part.yaml')]);
    await settle();
    assert.deepEqual(stage.watched, [join(folder, 'x')]);
    const again = ran();
    write('b.part.yaml', 'new');
    happen();
    await again;
    await stop();
  });
  it('run again when a file that was read is gone', async () => {
    const file = join(folder, 'gone.yaml');
    writeFileSync(file, 'one');
    const { happen, ran, stop } = openStage([file]);
    await settle();
    const again = ran();
    rmSync(file);
    happen();
    await again;
    await stop();
  });
});

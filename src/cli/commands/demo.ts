import type { Command } from 'commander';
import { prepareWorker } from '../../server/worker/index.ts';
import type { CliIo } from '../io.ts';

export function configure(command: Command, io: CliIo): void {
  command
    .option('--once', 'end after the story; exit code 1 if any step differed from it')
    .action(async (flags: { once?: boolean }) => {
      prepareWorker();
      const { playDemo } = await import('../demo/play.ts');
      try {
        await playDemo(flags.once === true, io);
      } finally {
        endSoon();
      }
    });
}

/** A part of the scene that failed half-way may hold a socket or a thread; the story is over all the same. */
function endSoon(): void {
  setTimeout(() => process.exit(), 1000).unref();
}

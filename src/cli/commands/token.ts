import type { Command } from 'commander';
import type { CliIo } from '../io.ts';
import { configureInspect } from './token-inspect.ts';
import { configureMint } from './token-mint.ts';
import { configureVerify } from './token-verify.ts';

/** `jotgate token …`: offline work on one token. */
export function configure(command: Command, io: CliIo): void {
  configureInspect(command.command('inspect'), io);
  configureVerify(command.command('verify'), io);
  configureMint(command.command('mint'), io);
}

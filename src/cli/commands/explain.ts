import type { Command } from 'commander';
import { EXIT } from '../exit-code.ts';
import { explainAnyCode } from '../explain-any-code.ts';
import { type CliIo, UserError } from '../io.ts';

export function configure(command: Command, io: CliIo): void {
  command.argument('<code>', 'a code that `validate` printed, such as E103').action(async (code: string) => {
    const entry = await explainAnyCode(code.toUpperCase());
    if (entry === undefined)
      throw new UserError(`there is no code \`${code}\`; docs/errors.md lists them`, EXIT.wrongUse);
    io.out(`${code.toUpperCase()}: ${entry.title}\n\n${entry.meaning}\n`);
  });
}

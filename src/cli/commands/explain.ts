import type { Command } from 'commander';
import { explainCode } from '../../control/config/index.ts';
import { EXIT } from '../exit-code.ts';
import { type CliIo, UserError } from '../io.ts';

export function configure(command: Command, io: CliIo): void {
  command.argument('<code>', 'a code that `validate` printed, such as E103').action((code: string) => {
    const entry = explainCode(code.toUpperCase());
    if (entry === undefined)
      throw new UserError(`there is no code \`${code}\`; docs/errors.md lists them`, EXIT.wrongUse);
    io.out(`${code.toUpperCase()}: ${entry.title}\n\n${entry.meaning}\n`);
  });
}

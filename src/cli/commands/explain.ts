import type { Command } from 'commander';
import { type CodeEntry, explainCode } from '../../control/config/index.ts';
import { EXIT } from '../exit-code.ts';
import { type CliIo, UserError } from '../io.ts';

export function configure(command: Command, io: CliIo): void {
  command.argument('<code>', 'a code that `validate` printed, such as E103').action(async (code: string) => {
    const entry = await entryOf(code.toUpperCase());
    if (entry === undefined)
      throw new UserError(`there is no code \`${code}\`; docs/errors.md lists them`, EXIT.wrongUse);
    io.out(`${code.toUpperCase()}: ${entry.title}\n\n${entry.meaning}\n`);
  });
}

async function entryOf(code: string): Promise<CodeEntry | undefined> {
  const known = explainCode(code);
  if (known !== undefined) return known;
  const { ISTIO_CODE_ENTRIES } = await import('../../control/istio/index.ts');
  if (Object.hasOwn(ISTIO_CODE_ENTRIES, code)) return ISTIO_CODE_ENTRIES[code];
  const { REALM_CODE_ENTRIES } = await import('../../server/issuer/index.ts');
  return Object.hasOwn(REALM_CODE_ENTRIES, code) ? REALM_CODE_ENTRIES[code] : undefined;
}

import type { Command } from 'commander';
import { buildEnvoySchema, buildIstioSchema } from '../../control/config/index.ts';
import { EXIT } from '../exit-code.ts';
import { type CliIo, UserError } from '../io.ts';

const SCHEMAS = { envoy: buildEnvoySchema, istio: buildIstioSchema } as const;

export function configure(command: Command, io: CliIo): void {
  command
    .argument('[what]', Object.keys(SCHEMAS).join(' or '), 'envoy')
    .addHelpText('after', EXAMPLES)
    .action((what: string) => {
      if (!Object.hasOwn(SCHEMAS, what)) {
        throw new UserError(`\`${what}\` is neither ${Object.keys(SCHEMAS).join(' nor ')}`, EXIT.wrongUse);
      }
      io.out(`${JSON.stringify(SCHEMAS[what as keyof typeof SCHEMAS]())}\n`);
    });
}

const EXAMPLES = `
Examples:
  jotgate schema > envoy.schema.json      and in the first line of a file:
  # yaml-language-server: $schema=envoy.schema.json
`;

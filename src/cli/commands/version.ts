import type { Command } from 'commander';
import type { CliIo } from '../io.ts';
import { version } from '../version.ts';

export function configure(command: Command, io: CliIo): void {
  command.option('--json', 'with that of Node, as one JSON object').action(({ json }: { json?: boolean }) => {
    const own = version();
    io.out(json === true ? `${JSON.stringify({ jotgate: own, node: process.versions.node })}\n` : `${own}\n`);
  });
}

import { Command, CommanderError } from 'commander';
import { commands } from './commands/table.ts';
import { EXIT } from './exit-code.ts';
import { createSecretHider } from './hide-secrets.ts';
import { type CliIo, processIo, UserError } from './io.ts';
import { version } from './version.ts';

export async function runMain(): Promise<void> {
  process.stdout.on('error', endWithoutResults);
  process.stderr.on('error', goOnWithoutTalk);
  const io = processIo();
  process.exitCode = await runProgram(process.argv.slice(2), io);
}

/** Runs one command line. Only the module of the command that was named is loaded. */
export async function runProgram(args: string[], io: CliIo): Promise<number> {
  try {
    const program = await buildProgram(args, io);
    if (args.length === 0) {
      program.outputHelp();
      return EXIT.wrongUse;
    }
    await program.parseAsync(args, { from: 'user' });
    return io.exitCode;
  } catch (error) {
    return exitCodeOf(error, io);
  }
}

async function buildProgram(args: string[], io: CliIo): Promise<Command> {
  const program = new Command('jotgate');
  program
    .description('Runs Envoy and Istio JWT configuration, and says why each request got in or did not.')
    .version(version())
    .option('--no-color', 'plain text')
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: (text) => io.err(withoutCredentials(text)) })
    .showSuggestionAfterError();
  const named = args.find((arg) => !arg.startsWith('-'));
  for (const entry of commands) {
    const command = program.command(entry.name).description(entry.summary);
    if (named === entry.name || (named === 'help' && args.includes(entry.name))) {
      (await entry.load()).configure(command, io);
    }
  }
  return program;
}

/** A command line may hold them, in the wrong place too; its complaint ends in logs. */
const withoutCredentials = createSecretHider([]).sentence;

function exitCodeOf(error: unknown, io: CliIo): number {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? EXIT.ok : EXIT.wrongUse;
  }
  if (error instanceof UserError) {
    io.err(`jotgate: ${withoutCredentials(error.message)}\n`);
    return error.exitCode;
  }
  io.err(`jotgate: internal error, please report it\n${(error as Error).stack ?? String(error)}\n`);
  return EXIT.ourBug;
}

/** The work is not the talk about it: a gate whose log nobody reads, or whose disk is full, serves on. */
const goOnWithoutTalk = () => undefined;

/** Whoever reads has seen enough, as `head` does; but results that a full disk lost must not look written. */
function endWithoutResults(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(
    `jotgate: cannot write the results to the standard output (${error.code ?? error.message})\n`,
  );
  process.exit(EXIT.wrongUse);
}

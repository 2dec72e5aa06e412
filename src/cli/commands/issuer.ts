import type { Command } from 'commander';
import { createLogger, systemClock } from '../../platform/index.ts';
import { type RunningIssuer, startIssuer } from '../../server/issuer/index.ts';
import { EXIT } from '../exit-code.ts';
import type { CliIo } from '../io.ts';
import { type IssuerFlags, parseIssuerFlags } from './issuer-flags.ts';
import { loadRealms } from './issuer-realms.ts';
import { startErrorOf } from './issuer-start-error.ts';
import { renderWelcome } from './issuer-welcome.ts';

export function configure(command: Command, io: CliIo): void {
  command
    .requiredOption(
      '--realm <file...>',
      "realm file: Keycloak's realm export, JSON or YAML; more than one is allowed",
    )
    .option('--listen <addr:port>', 'where to listen', '127.0.0.1:8180')
    .option('--base-url <url>', 'public address that issuer URLs begin with; default: where it listens')
    .option('--store <file>', 'keep keys and sessions in this SQLite file; default: in memory')
    .option('--tls-cert <file>', 'PEM certificate chain; with --tls-key')
    .option('--tls-key <file>', 'PEM private key; with --tls-cert')
    .option('--profile <name>', 'wire shape: legacy (Keycloak 13 to 23) or modern (26)', 'legacy')
    .option(
      '--allow-remote',
      'listen on an address that other machines reach: passwords can be guessed there',
    )
    .action(async (flags: IssuerFlags) => {
      const ended = untilSignal();
      const running = await start(flags, io);
      io.exitCode = await ended;
      await running.close();
    });
}

async function start(flags: IssuerFlags, io: CliIo): Promise<RunningIssuer> {
  const options = await parseIssuerFlags(flags);
  const realms = await loadRealms(flags.realm, io);
  const logger = createLogger({ format: 'pretty', write: io.err });
  try {
    const running = await startIssuer({ ...options, realms, clock: systemClock, logger });
    if (flags.allowRemote && options.tls === undefined) {
      logger.warn('passwords and tokens cross the network in the clear: give `--tls-cert` and `--tls-key`');
    }
    io.err(renderWelcome(running, realms, flags.tlsCert));
    return running;
  } catch (error) {
    throw startErrorOf(error, options.listen);
  }
}

/** SIGINT is an interruption, SIGTERM the ordinary end. */
function untilSignal(): Promise<typeof EXIT.interrupted | typeof EXIT.ok> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve(EXIT.interrupted));
    process.once('SIGTERM', () => resolve(EXIT.ok));
  });
}

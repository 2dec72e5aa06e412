import type { Command } from 'commander';
import { type ConfigSource, looksLikeManifests } from '../../control/config/index.ts';
import { createLogger } from '../../platform/index.ts';
import type { Finding } from '../../resources/index.ts';
import {
  type ConnectTo,
  type Gate,
  GateStartError,
  type ListenMove,
  parseConnectTo,
  parseListenMove,
  startGate,
} from '../../server/index.ts';
import { prepareWorker } from '../../server/worker/index.ts';
import { EXIT } from '../exit-code.ts';
import { type CliIo, UserError } from '../io.ts';
import { RunConfig } from './run-reload.ts';
import { readRoots } from './run-sources.ts';

interface RunFlags {
  config: string[];
  connectTo: string[];
  listen: string[];
  trust: string[];
  upstream?: string;
  workload?: string;
  gateway?: string;
  mesh?: string;
  concurrency: string;
  strict?: boolean;
  envoyExact?: boolean;
  why?: boolean;
  whyHeader?: boolean;
  logFormat: string;
}

const LOG_FORMATS = ['pretty', 'json'] as const;

const collect = (value: string, before: string[]) => [...before, value];

export function configure(command: Command, io: CliIo): void {
  command
    .requiredOption(
      '-c, --config <file...>',
      'Envoy bootstrap, Istio manifests, or folders of them; `-` is the standard input',
    )
    .option('--connect-to <host:port:addr:port>', 'send an upstream elsewhere', collect, [])
    .option(
      '--listen <host:port=addr:port>',
      'move a listener; for Istio manifests just addr:port',
      collect,
      [],
    )
    .option('--trust <file>', 'trust these PEM roots too when an upstream is verified', collect, [])
    .option('--upstream <url>', 'where requests go, for Istio manifests')
    .option('--workload <namespace/labels>', 'whose policies to enforce: `NAMESPACE/LABEL=VALUE,…`')
    .option('--gateway <name>', 'which Gateway of the manifests to be')
    .option('--mesh <file>', "Istio's mesh configuration, YAML or JSON")
    .option('--concurrency <n>', 'data loops; only 1 so far', '1')
    .option('--strict', 'warnings are errors')
    .option('--envoy-exact', 'nothing beyond what Envoy does: keys are not fetched again for an unknown kid')
    .option('--why', 'explain the last refusals at the admin address: `/why`, `jotgate why --last`')
    .option('--why-header', 'with each refusal the name to ask for, in `x-jotgate-why`')
    .option('--log-format <format>', LOG_FORMATS.join(', '), 'pretty')
    .action((flags: RunFlags) => run(flags, io));
}

async function run(flags: RunFlags, io: CliIo): Promise<void> {
  if (flags.concurrency !== '1') {
    throw new UserError(`--concurrency ${flags.concurrency}: only 1 is possible so far`, EXIT.wrongUse);
  }
  if (!(LOG_FORMATS as readonly string[]).includes(flags.logFormat)) {
    throw new UserError(`\`${flags.logFormat}\` is not one of ${LOG_FORMATS.join(', ')}`, EXIT.wrongUse);
  }
  const connectTo = flags.connectTo.map((text) =>
    parsed(parseConnectTo(text), '--connect-to HOST:PORT:ADDR:PORT', text),
  );
  const addresses = flags.listen.filter((text) => !text.includes('='));
  const moves = flags.listen.filter((text) => text.includes('='));
  const listen = moves.map((text) => parsed(parseListenMove(text), '--listen HOST:PORT=ADDR:PORT', text));
  prepareWorker();
  const optionsFor = (sources: readonly ConfigSource[]) => ({
    strict: flags.strict === true,
    upstream: flags.upstream,
    listen: listenAddress(addresses, sources.some(looksLikeManifests)),
    workload: flags.workload,
    gateway: flags.gateway,
    mesh: flags.mesh,
  });
  const config = new RunConfig(flags.config, optionsFor, io);
  const loaded = await config.load();
  if (loaded.snapshot === null) {
    io.exitCode = EXIT.configInvalid;
    return;
  }
  const trust = flags.trust.map(readRoots);
  const gate = await start(
    { ...loaded, snapshot: loaded.snapshot },
    { connectTo, listen, trust },
    flags,
    io,
    (findings) => config.print(findings),
  );
  if (gate === null) return;
  const watch = config.follow(gate);
  io.exitCode = await serveUntilSignal(gate, io);
  watch.close();
}

async function start(
  loaded: Pick<Parameters<typeof startGate>[0], 'snapshot' | 'provenance'>,
  places: { connectTo: ConnectTo[]; listen: ListenMove[]; trust: string[] },
  flags: RunFlags,
  io: CliIo,
  print: (findings: readonly Finding[]) => void,
): Promise<Gate | null> {
  const format = flags.logFormat === 'json' ? 'json' : 'pretty';
  const logger = createLogger({ format, write: io.err });
  const { snapshot, provenance } = loaded;
  try {
    return await startGate({
      snapshot,
      provenance,
      ...places,
      logger,
      envoyExact: flags.envoyExact === true,
      explains: explainsOf(flags),
    });
  } catch (error) {
    if (!(error instanceof GateStartError)) throw error;
    if (error.findings.length === 0) throw new UserError(error.message, EXIT.wrongUse);
    print(error.findings);
    io.exitCode = EXIT.configInvalid;
    return null;
  }
}

const explainsOf = ({ why, whyHeader }: RunFlags) =>
  why === true || whyHeader === true ? { namesReplies: whyHeader === true } : undefined;

/** Says where it listens, serves, and drains at the first signal; a second one ends it at once. */
async function serveUntilSignal(gate: Gate, io: CliIo) {
  for (const { name, address, port, tls } of gate.listeners) {
    const host = address.includes(':') ? `[${address}]` : address;
    io.err(`listening on ${tls ? 'https' : 'http'}://${host}:${port} (${name})\n`);
  }
  if (gate.admin !== null) io.err(`admin on http://${gate.admin.address}:${gate.admin.port}\n`);
  const signal = await nextSignal();
  const code = signal === 'SIGINT' ? EXIT.interrupted : EXIT.ok;
  void nextSignal().then(() => process.exit(EXIT.interrupted));
  await gate.drain();
  return code;
}

function nextSignal(): Promise<'SIGINT' | 'SIGTERM'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
  });
}

function parsed<T>(value: T | null, shape: string, text: string): T {
  if (value === null) throw new UserError(`\`${text}\` is not of the shape ${shape}`, EXIT.wrongUse);
  return value;
}

/** `ADDR:PORT` where there is one address to move: that of a gate on Istio manifests. */
function listenAddress(texts: readonly string[], manifests: boolean) {
  const text = texts.at(-1);
  if (text === undefined) return undefined;
  const move = parseListenMove(`:0=${text}`);
  if (move === null || !manifests) {
    throw new UserError(`\`${text}\` is not of the shape --listen HOST:PORT=ADDR:PORT`, EXIT.wrongUse);
  }
  return { address: move.address, port: move.toPort };
}

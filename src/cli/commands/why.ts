import type { Command } from 'commander';
import { EXIT } from '../exit-code.ts';
import { type CliIo, UserError } from '../io.ts';
import { explainKept } from './why-kept.ts';
import { GivenKeys } from './why-keys.ts';
import { load } from './why-load.ts';
import { explainLog } from './why-log.ts';
import { openNetwork } from './why-network.ts';
import { explainEach } from './why-one.ts';
import { readWritten } from './why-request.ts';

export interface WhyFlags {
  config: string[];
  configDump?: string;
  request?: string;
  header: string[];
  token?: string;
  at?: string;
  randomValue?: string;
  jwks: string[];
  fetch?: boolean;
  connectTo: string[];
  trust: string[];
  listener?: string;
  upstream?: string;
  workload?: string;
  gateway?: string;
  mesh?: string;
  http?: string;
  var: string[];
  curl?: string;
  fromLog?: string;
  log?: string;
  last?: boolean;
  id?: string;
  admin: string;
  showClaims?: boolean;
  json?: boolean;
  exitCode?: boolean;
}

const collect = (value: string, before: string[]) => [...before, value];

export function configure(command: Command, io: CliIo): void {
  command
    .usage('-c FILE... [options] URL')
    .argument('[url...]', 'what a client would ask for; a path alone will do')
    .option(
      '-c, --config <file>',
      'Envoy bootstrap, Istio manifests, or folders of them; `-` is the standard input',
      collect,
      [],
    )
    .option('--config-dump <file>', "what Envoy's admin prints at /config_dump; `-` is the standard input")
    .option('-X, --request <method>', 'the method; default: GET')
    .option('-H, --header <line>', 'a header, `name: value`; again for more', collect, [])
    .option('--token <token>', 'a bearer token: the text, `@FILE`, or `-` for the standard input')
    .option('--http <file>', 'the requests of an `.http` file')
    .option('--var <name=value>', "a variable of that file, which wins over the file's own", collect, [])
    .option('--curl <file>', "one command line of curl's; `-` is the standard input")
    .option('--from-log <line>', "a line of an access log, in Envoy's default format or JSON")
    .option('--log <file>', 'every request of an access log, counted by what decides')
    .option('--last', 'the last refusal of a gate that runs with --why')
    .option('--id <name>', "that of a gate's refusals which a reply's `x-jotgate-why` names")
    .option('--admin <addr:port>', "that gate's admin address", '127.0.0.1:9901')
    .option('--at <time>', 'judge as at this time, `2026-01-31T12:00:00Z` or seconds since 1970')
    .option(
      '--random-value <number>',
      "the number that stands for chance where routes have shares; default: what each of chance's ways leads to",
    )
    .option(
      '--jwks <provider=file>',
      "a provider's keys, instead of fetching them; again for more",
      collect,
      [],
    )
    .option('--fetch', 'fetch remote keys, as the gate would; 30 s at most')
    .option('--connect-to <host:port:addr:port>', 'with --fetch: send an upstream elsewhere', collect, [])
    .option('--trust <file>', 'with --fetch: trust these PEM roots too', collect, [])
    .option('--listener <name>', 'the listener that takes the request; default: by the port of the URL')
    .option('--upstream <url>', 'where requests go, for Istio manifests')
    .option('--workload <namespace/labels>', 'whose policies to judge by: `NAMESPACE/LABEL=VALUE,…`')
    .option('--gateway <name>', 'which Gateway of the manifests takes the request')
    .option('--mesh <file>', "Istio's mesh configuration, YAML or JSON")
    .option('--show-claims', 'show what claims say; else only fingerprints')
    .option('--json', 'the decision as one JSON object')
    .addOption(
      command.createOption('--exit-code', 'exit 5 unless the request surely gets in').conflicts('log'),
    )
    .addHelpText('after', EXAMPLES)
    .action((words: string[], flags: WhyFlags) => {
      const isWritten =
        [flags.http, flags.curl, flags.fromLog, flags.log, flags.id].some((one) => one !== undefined) ||
        flags.last === true;
      const [url, files] = isWritten ? [undefined, words] : [words.at(-1), words.slice(0, -1)];
      return why(url, { ...flags, config: [...flags.config, ...files] }, io);
    });
}

const EXAMPLES = `
Examples:
  jotgate why -c envoy.yaml http://shop.example/orders/7
  jotgate why -c envoy.yaml --token @alice.jwt --jwks keycloak=certs.json /orders/7
  curl -s localhost:9901/config_dump | jotgate why --config-dump - -X POST /orders
  jotgate why -c envoy.yaml --log access.log
  jotgate why --last --admin localhost:9901

Without --jwks and --fetch no signature is checked, and a gate that has the keys, or could not fetch them, may
give another reason (docs/guides/why.md).
`;

async function why(url: string | undefined, flags: WhyFlags, io: CliIo): Promise<void> {
  checkFlags(url, flags);
  const kept = flags.last === true ? 'last' : flags.id;
  if (kept !== undefined) {
    await explainKept(kept, flags, io);
    return;
  }
  const loaded = await load(flags, io);
  if (loaded === null) return;
  const network = flags.fetch === true ? await openNetwork(loaded.snapshot, loaded.provenance, flags) : null;
  try {
    const keys = new GivenKeys(flags.jwks, network?.jwks ?? null);
    const troubles = () => network?.logger.list ?? [];
    if (flags.log !== undefined) await explainLog(flags.log, flags, loaded, keys, io);
    else await explainEach(await readWritten(url, flags, io), flags, loaded, keys, troubles, io);
  } finally {
    network?.close();
  }
}

/** One way to say what is asked about, and nothing that does not go with it. */
function checkFlags(url: string | undefined, flags: WhyFlags): void {
  const { http, curl, fromLog, log, last, id } = flags;
  const ways = [url, http, curl, fromLog, log, id, last].filter((one) => one !== undefined);
  if (ways.length === 0) throw new UserError("missing required argument 'url'", EXIT.wrongUse);
  if (ways.length > 1)
    throw new UserError(
      'a URL, --http, --curl, --from-log, --log, --last and --id take the place of each other',
      EXIT.wrongUse,
    );
  if (flags.var.length > 0 && http === undefined) {
    throw new UserError('--var is for the variables of --http FILE', EXIT.wrongUse);
  }
  const ofNetwork = (['connectTo', 'trust'] as const).find((name) => flags[name].length > 0);
  if (last === true || id !== undefined) refuseBesideKept(flags);
  else if (ofNetwork !== undefined && flags.fetch !== true) {
    throw new UserError(
      `${flagOf(ofNetwork)} is for --fetch: nothing else is asked over the network`,
      EXIT.wrongUse,
    );
  }
  if (flags.request !== undefined && url === undefined) {
    throw new UserError('-X is for a URL: what is written down has its own method', EXIT.wrongUse);
  }
}

/** What a running gate has kept has its own configuration, request, time and keys. */
function refuseBesideKept(flags: WhyFlags): void {
  const alien = OF_A_QUESTION.find((name) => {
    const value = flags[name];
    return Array.isArray(value) ? value.length > 0 : value !== undefined;
  });
  if (alien === undefined) return;
  throw new UserError(
    `${flagOf(alien)} does not go with --last and --id: they show what a running gate has decided`,
    EXIT.wrongUse,
  );
}

const flagOf = (name: string) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const OF_A_QUESTION = [
  'config',
  'configDump',
  'request',
  'header',
  'token',
  'at',
  'randomValue',
  'jwks',
  'fetch',
  'connectTo',
  'trust',
  'listener',
  'upstream',
  'workload',
  'gateway',
  'mesh',
  'showClaims',
] as const;

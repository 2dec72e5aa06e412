import type { Command } from 'commander';
import { ManualClock, TreeRecorder } from '../../base/index.ts';
import { type ConfigSource, loadConfigDump } from '../../control/config/index.ts';
import { systemClock } from '../../platform/index.ts';
import { buildRequestHead, compileSnapshot, rehearse } from '../../proxy/rehearsal/index.ts';
import type { Finding, Findings, Provenance, Snapshot } from '../../resources/index.ts';
import { EXIT } from '../exit-code.ts';
import { type CliIo, UserError } from '../io.ts';
import { findRemedies } from '../remedies/find-remedies.ts';
import { createKeyedWorld } from '../remedies/keyed-world.ts';
import { renderFinding } from '../render-finding.ts';
import { renderOptionsOf } from '../render-options.ts';
import { renderWhy } from '../render-why.ts';
import { renderWhyJson } from '../render-why-json.ts';
import { type Explanation, judge } from '../why-verdict.ts';
import { loadSources, readSources } from './run-sources.ts';
import { readToken } from './token-input.ts';
import { parseInstant } from './token-times.ts';
import { GivenKeys } from './why-keys.ts';
import { type NetworkTrouble, openNetwork, renderTrouble } from './why-network.ts';
import { readRequest } from './why-request.ts';

interface WhyFlags {
  config: string[];
  configDump?: string;
  request: string;
  header: string[];
  token?: string;
  at?: string;
  jwks: string[];
  fetch?: boolean;
  connectTo: string[];
  trust: string[];
  listener?: string;
  upstream?: string;
  workload?: string;
  gateway?: string;
  mesh?: string;
  json?: boolean;
  exitCode?: boolean;
}

const collect = (value: string, before: string[]) => [...before, value];

export function configure(command: Command, io: CliIo): void {
  command
    .usage('-c FILE... [options] URL')
    .argument('<url...>', 'what a client would ask for; a path alone will do')
    .option(
      '-c, --config <file>',
      'Envoy bootstrap, Istio manifests, or folders of them; `-` is the standard input',
      collect,
      [],
    )
    .option('--config-dump <file>', "what Envoy's admin prints at /config_dump; `-` is the standard input")
    .option('-X, --request <method>', 'the method', 'GET')
    .option('-H, --header <line>', 'a header, `name: value`; again for more', collect, [])
    .option('--token <token>', 'a bearer token: the text, `@FILE`, or `-` for the standard input')
    .option('--at <time>', 'judge as at this time, `2026-01-31T12:00:00Z` or seconds since 1970')
    .option(
      '--jwks <provider=file>',
      "a provider's keys, instead of fetching them; again for more",
      collect,
      [],
    )
    .option('--fetch', 'fetch remote keys, as the gate would')
    .option('--connect-to <host:port:addr:port>', 'with --fetch: send an upstream elsewhere', collect, [])
    .option('--trust <file>', 'with --fetch: trust these PEM roots too', collect, [])
    .option('--listener <name>', 'the listener that takes the request; default: by the port of the URL')
    .option('--upstream <url>', 'where requests go, for Istio manifests')
    .option('--workload <namespace/labels>', 'whose policies to judge by: `NAMESPACE/LABEL=VALUE,…`')
    .option('--gateway <name>', 'which Gateway of the manifests takes the request')
    .option('--mesh <file>', "Istio's mesh configuration, YAML or JSON")
    .option('--json', 'the decision as one JSON object')
    .option('--exit-code', 'exit 5 unless the request surely gets in')
    .addHelpText('after', EXAMPLES)
    .action((words: string[], flags: WhyFlags) => {
      const [url, files] = [words.at(-1) as string, words.slice(0, -1)];
      return why(url, { ...flags, config: [...flags.config, ...files] }, io);
    });
}

const EXAMPLES = `
Examples:
  jotgate why -c envoy.yaml http://shop.example/orders/7
  jotgate why -c envoy.yaml --token @alice.jwt --jwks keycloak=certs.json /orders/7
  curl -s localhost:9901/config_dump | jotgate why --config-dump - -X POST /orders
`;

async function why(url: string, flags: WhyFlags, io: CliIo): Promise<void> {
  const loaded = await load(flags, io);
  if (loaded === null) return;
  const network = flags.fetch === true ? await openNetwork(loaded.snapshot, loaded.provenance, flags) : null;
  try {
    const keys = new GivenKeys(flags.jwks, network?.jwks ?? null);
    await explain(url, flags, loaded, keys, () => network?.logger.list ?? [], io);
  } finally {
    network?.close();
  }
}

async function explain(
  url: string,
  flags: WhyFlags,
  loaded: Loaded,
  keys: GivenKeys,
  troubles: () => readonly NetworkTrouble[],
  io: CliIo,
): Promise<void> {
  const clock = new ManualClock(flags.at === undefined ? systemClock.now() : parseInstant(flags.at, '--at'));
  const before = loaded.findings.list.length;
  const compiled = compileSnapshot(loaded.snapshot, { findings: loaded.findings, clock, jwks: keys });
  const errors = loaded.findings.list.slice(before).filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    refuseConfig(errors, loaded.sources, io);
    return;
  }
  keys.checkNames();
  const token = flags.token === undefined ? undefined : await readToken(flags.token, io);
  const asked = readRequest(
    url,
    { method: flags.request, headers: flags.header, token, listener: flags.listener },
    compiled,
  );
  await compiled.prepare('all');
  const recorder = new TreeRecorder();
  const request = buildRequestHead(asked.words);
  const { listener, connection } = asked;
  const verdict = await rehearse(compiled, { listener, request, connection }, clock, recorder);
  const judgment = judge(verdict, recorder.root);
  const remedies =
    judgment.outcome === 'refused'
      ? await findRemedies(asked, await createKeyedWorld(loaded.snapshot, clock, keys), clock)
      : null;
  const explanation: Explanation = {
    asked: asked.words,
    verdict,
    root: recorder.root,
    remedies,
    ...judgment,
  };
  const place = flags.configDump === undefined ? byLine(loaded.provenance) : byPath(loaded.provenance);
  io.out(
    flags.json === true
      ? renderWhyJson(explanation, loaded.provenance, troubles())
      : renderWhy(explanation, place, io.color) + renderTroubles(troubles()),
  );
  if (flags.exitCode === true && explanation.outcome !== 'passes') io.exitCode = EXIT.deniedOrNotValid;
}

const renderTroubles = (troubles: readonly NetworkTrouble[]) =>
  troubles.map((trouble) => `  network: ${renderTrouble(trouble)}\n`).join('');

const byLine = (provenance: Provenance) => (origin: object, field?: string) => {
  const at = provenance.find(origin, field);
  return at === undefined ? undefined : `${at.file}:${at.line}`;
};

/** In a dump lines say little: it is often one. */
const byPath = (provenance: Provenance) => (origin: object, field?: string) => {
  const path = provenance.path(origin);
  return path === undefined || field === undefined ? path : `${path}.${field}`;
};

interface Loaded {
  snapshot: Snapshot;
  provenance: Provenance;
  findings: Findings;
  sources: readonly ConfigSource[];
}

/** Istio manifests do not say where admitted requests go; for judging them any place will do. */
const ANY_UPSTREAM = 'http://127.0.0.1:80';

async function load(flags: WhyFlags, io: CliIo): Promise<Loaded | null> {
  if ((flags.config.length === 0) === (flags.configDump === undefined)) {
    throw new UserError('why needs either -c FILE or --config-dump FILE', EXIT.wrongUse);
  }
  const sources = await readSources(flags.configDump === undefined ? flags.config : [flags.configDump], io);
  const loaded =
    flags.configDump === undefined
      ? await loadFiles(sources, flags, io)
      : loadConfigDump(sources[0] as ConfigSource);
  if (loaded.snapshot !== null) return { ...loaded, snapshot: loaded.snapshot, sources };
  refuseConfig(loaded.findings.list, sources, io);
  return null;
}

function loadFiles(sources: readonly ConfigSource[], flags: WhyFlags, io: CliIo) {
  const { upstream, workload, gateway, mesh } = flags;
  const places = { upstream, upstreamWithoutGateway: ANY_UPSTREAM, listen: undefined };
  return loadSources(sources, { strict: false, ...places, workload, gateway, mesh }, io);
}

function refuseConfig(findings: readonly Finding[], sources: readonly ConfigSource[], io: CliIo): void {
  const options = renderOptionsOf(sources, io.color);
  for (const finding of findings.filter(({ severity }) => severity === 'error')) {
    io.err(`${renderFinding(finding, options)}\n`);
  }
  io.exitCode = EXIT.configInvalid;
}

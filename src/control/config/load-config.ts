import type { Bootstrap } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import { readNamedFile } from '../../platform/index.ts';
import { Findings, Provenance, type Snapshot } from '../../resources/index.ts';
import { runChecks } from './checks/run-checks.ts';
import { CODES } from './codes.ts';
import { completeBootstrap } from './complete/complete-message.ts';
import { DecodeContext } from './decode/decode-context.ts';
import { decodeInContext, parseYaml, warnOfExtraDocuments } from './decode-yaml.ts';
import { runLints } from './lints/run-lints.ts';
import { mergeBootstraps } from './merge-bootstraps.ts';
import { schemaMessage } from './schema-registry.ts';
import { settleFindings } from './settle-findings.ts';
import { isEmpty } from './source/parse-yaml.ts';
import type { ConfigSource, SourceNode } from './source/source-node.ts';
import { SupportJudge } from './support/judge-support.ts';

export interface LoadOptions {
  /** Refuses what is only warned of otherwise. */
  strict?: boolean | undefined;
  /** Reads a file that the configuration names; throws when it cannot. Default: the disk, relative to the working folder. */
  readFile?: ((path: string) => Uint8Array) | undefined;
  /** Environment variables that the configuration may name. Default: none. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
}

export interface LoadedConfig {
  /** Null when a finding keeps the configuration from being loaded. A lint of error level alone does not, unless strict. */
  snapshot: Snapshot | null;
  /** Everything there is to say, sorted by place. */
  findings: Findings;
  provenance: Provenance;
}

/**
 * Reads Envoy bootstrap texts (YAML, or JSON where a name ends in `.json`); several are merged in order, lists append. Never
 * throws for what is in them.
 */
export function loadConfig(sources: readonly ConfigSource[], options: LoadOptions = {}): LoadedConfig {
  const context = newContext(options);
  const bootstraps = sources.flatMap((source) => {
    context.allowFor(source.text.length);
    const [first] = documentsOf(source, context.findings);
    const bootstrap = first === undefined ? null : decodeBootstrap(first, context);
    return bootstrap === null ? [] : [bootstrap];
  });
  // What one text has may be what another refers to.
  const isWhole = bootstraps.length === sources.length;
  return finishLoading(isWhole ? mergeBootstraps(bootstraps) : null, context, options);
}

function newContext(options: LoadOptions): DecodeContext {
  const provenance = new Provenance();
  const surroundings = { readFile: options.readFile ?? readNamedFile, env: options.env ?? {} };
  const hooks = { judge: new SupportJudge(), completeMessage: completeBootstrap(surroundings) };
  return new DecodeContext(new Findings(provenance), provenance, hooks);
}

/**
 * Checks and lints what was decoded, unless parts of it are in doubt; says whether it can be run.
 * @param isRunning it was read from an Envoy that runs it
 */
export function finishLoading(
  bootstrap: Bootstrap | null,
  context: DecodeContext,
  options: LoadOptions,
  isRunning = false,
): LoadedConfig {
  const { findings, provenance } = context;
  if (bootstrap !== null && !findings.list.some(({ code }) => code === CODES.keyMeantTwice)) {
    runChecks(bootstrap, context, isRunning);
    runLints(bootstrap, context);
  }
  const blocked = settleFindings(findings, options.strict === true);
  if (bootstrap === null || blocked) return { snapshot: null, findings, provenance };
  const { listeners = [], clusters = [] } = bootstrap.staticResources ?? {};
  return { snapshot: { listeners, clusters, bootstrap }, findings, provenance };
}

/** Envoy reads the first document of a text, also where it is empty. */
function documentsOf(source: ConfigSource, findings: Findings): SourceNode[] {
  const before = findings.list.length;
  const documents = parseYaml(source, { findings }, { firstOnly: true });
  const [first] = documents;
  if (first !== undefined && !isEmpty(first)) {
    warnOfExtraDocuments(
      documents.filter((document) => !isEmpty(document)),
      findings,
    );
    return documents;
  }
  if (findings.list.length === before) {
    const others = documents.some((document) => !isEmpty(document));
    findings.add({
      code: CODES.emptyText,
      severity: 'error',
      message: others
        ? 'the first document of the text is empty, and Envoy reads no other'
        : 'the text is empty',
      hint: others ? 'remove it' : 'a configuration begins with `static_resources:`',
      envoy: 'refuses',
      at: { file: source.name, line: 1, column: 1, length: 0 },
    });
  }
  return [];
}

function decodeBootstrap(node: SourceNode, context: DecodeContext): Bootstrap | null {
  const schema = schemaMessage('envoy.config.bootstrap.v3.Bootstrap');
  return decodeInContext(schema, node, context) as unknown as Bootstrap | null;
}

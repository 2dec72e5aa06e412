import {
  type ConfigSource,
  type LoadedConfig,
  loadConfig,
  loadConfigDump,
  looksLikeConfigDump,
  looksLikeManifests,
  settleFindings,
} from '../control/config/index.ts';
import type { EjectSetting, PassedOver } from '../control/istio/index.ts';
import type { Finding } from '../resources/index.ts';
import { ANY_UPSTREAM } from './any-upstream.ts';
import { parsedOr, SHAPES } from './parsed-or.ts';

export interface ValidateOptions {
  strict: boolean;
  env: Readonly<Record<string, string | undefined>>;
  /** `NAMESPACE/LABEL=VALUE,…` and a Gateway's name: whom Istio manifests are judged for. */
  workload?: string | undefined;
  gateway?: string | undefined;
  mesh?: EjectSetting['mesh'];
}

export interface Validation {
  findings: readonly Finding[];
  /** Of Istio manifests: what has no part in them. */
  passedOver: readonly PassedOver[];
}

/**
 * Everything there is to say of texts that belong together, as one configuration: what control finds, and what compiling the
 * snapshot finds. A config dump stands alone.
 */
export async function validateSources(
  sources: readonly ConfigSource[],
  options: ValidateOptions,
): Promise<Validation> {
  const loaded = await load(sources, options);
  if (loaded.snapshot !== null) await compile(loaded);
  settleFindings(loaded.findings, options.strict);
  const findings = loaded.findings.list.filter(
    ({ code }) => code !== UNKNOWN_DESTINATION || knowsServices(sources),
  );
  return { findings, passedOver: loaded.passedOver ?? [] };
}

const UNKNOWN_DESTINATION = 'W410';

/** Whether a destination that is none of the services of these files is news: where there are none, all are elsewhere. */
const knowsServices = (sources: readonly ConfigSource[]) =>
  sources.some(({ text }) => /^\s*["']?kind["']?\s*:\s*["']?Service(?:Entry)?\b/m.test(text));

type Loaded = LoadedConfig & { passedOver?: readonly PassedOver[] };

/** Not strictly: what is only a warning must not keep the rest from being found. */
async function load(sources: readonly ConfigSource[], options: ValidateOptions): Promise<Loaded> {
  const { env, gateway, mesh } = options;
  const [first] = sources;
  if (first !== undefined && looksLikeConfigDump(first)) return loadConfigDump(first);
  const manifests = sources.filter(looksLikeManifests);
  if (manifests.length === 0) return loadConfig(sources, { env });
  const envoy = sources.filter((source) => !manifests.includes(source));
  const beside = envoy.length === 0 ? undefined : loadConfig(envoy, { env });
  const { loadIstio, parseWorkload } = await import('../control/istio/index.ts');
  const workload = parsedOr(options.workload, parseWorkload, SHAPES.workload);
  return loadIstio(manifests, { upstreamWithoutGateway: ANY_UPSTREAM, workload, gateway, mesh, beside });
}

/** The very compilation that the data path does; what control has said of a place already is not said again. */
async function compile({ snapshot, findings }: LoadedConfig): Promise<void> {
  if (snapshot === null) return;
  const [{ compileSnapshot }, { systemClock }] = await Promise.all([
    import('../proxy/rehearsal/index.ts'),
    import('../platform/index.ts'),
  ]);
  const known = new Set(findings.list.map(nameOf));
  const before = findings.list.length;
  compileSnapshot(snapshot, { findings, clock: systemClock, jwks: null });
  const added = findings.list.splice(before).filter((finding) => !isKnown(finding, known));
  findings.list.push(...added);
}

/** Of istiod's stand-in key (L11) it is no news that it is a bad key (W213). */
function isKnown(finding: Finding, known: ReadonlySet<string>): boolean {
  const isStandIn = finding.code === 'W213' && known.has(nameOf({ ...finding, code: 'L11' }));
  return isStandIn || known.has(nameOf(finding));
}

const nameOf = ({ code, at }: Finding) => `${code} ${at?.file}:${at?.line}:${at?.column}`;

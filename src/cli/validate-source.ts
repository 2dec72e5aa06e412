import {
  type ConfigSource,
  type LoadedConfig,
  loadConfig,
  looksLikeManifests,
  settleFindings,
} from '../control/config/index.ts';
import type { Finding } from '../resources/index.ts';

export interface ValidateOptions {
  strict: boolean;
  env: Readonly<Record<string, string | undefined>>;
}

/** Istio manifests do not say where admitted requests go; for judging them any place will do. */
const ANY_UPSTREAM = 'http://127.0.0.1:80';

/** Everything there is to say of one text: what control finds, and what compiling the snapshot finds. */
export async function validateSource(
  source: ConfigSource,
  options: ValidateOptions,
): Promise<readonly Finding[]> {
  const loaded = await load(source, options);
  if (loaded.snapshot !== null) await compile(loaded);
  settleFindings(loaded.findings, options.strict);
  return loaded.findings.list;
}

async function load(source: ConfigSource, { strict, env }: ValidateOptions): Promise<LoadedConfig> {
  if (!looksLikeManifests(source)) return loadConfig([source], { strict, env });
  const { loadIstio } = await import('../control/istio/index.ts');
  return loadIstio([source], { upstream: ANY_UPSTREAM, strict });
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
  const added = findings.list.splice(before).filter((finding) => !known.has(nameOf(finding)));
  findings.list.push(...added);
}

const nameOf = ({ code, at }: Finding) => `${code} ${at?.file}:${at?.line}:${at?.column}`;

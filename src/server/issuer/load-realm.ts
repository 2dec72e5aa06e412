import { RealmSchema } from '#schema/realm/realm_pb.js';
import { type ConfigSource, decodeYaml } from '../../control/config/index.ts';
import { type CompiledRealm, compileRealm, type Realm } from '../../issuer/index.ts';
import { type Finding, Findings, Provenance } from '../../resources/index.ts';
import { locateProblem } from './locate-problem.ts';
import { translateRealm } from './translate-realm.ts';
import { unsupportedFeatures } from './unsupported-features.ts';

export interface LoadedRealm {
  /** Null when a finding is an error. */
  readonly realm: Realm | null;
  readonly findings: readonly Finding[];
}

/** Reads a realm file, JSON or YAML, in the shape of Keycloak's realm export. All that is wrong with it is told at once. */
export async function loadRealm(source: ConfigSource): Promise<LoadedRealm> {
  const provenance = new Provenance();
  const findings = new Findings(provenance);
  const message = decodeYaml(RealmSchema, source, { findings, provenance });
  if (message === null || findings.hasErrors)
    return { realm: null, findings: findings.list.map(withoutSecret) };
  for (const finding of unsupportedFeatures(message)) findings.report(finding);
  const compiled: CompiledRealm = await compileRealm(translateRealm(message));
  for (const problem of compiled.problems) findings.report(locateProblem(message, problem));
  return { realm: findings.hasErrors ? null : compiled.realm, findings: findings.list };
}

const SECRETS = /\.(?:value|secret|secretData)$/;

/** What the decoder says of a wrong value quotes it; a password must not be. */
function withoutSecret(finding: Finding): Finding {
  if (!SECRETS.test(finding.path ?? '')) return finding;
  return { ...finding, message: 'a string is expected here', hint: 'put it into quotes' };
}

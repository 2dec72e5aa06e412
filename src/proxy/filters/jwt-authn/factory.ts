import type { Message } from '@bufbuild/protobuf';
import {
  type JwtAuthentication,
  JwtAuthenticationSchema,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import { refuseField } from '../../refusals.ts';
import type { FactoryContext, HttpFilter, HttpFilterFactory } from '../filter.ts';
import { Authenticator } from './authenticator.ts';
import { JwtAuthnFilter } from './filter.ts';
import { compileProvider } from './provider.ts';
import { RequirementCompiler } from './requirement.ts';
import { compileRules } from './rules.ts';
import { createJwtAuthnStats } from './stats.ts';

/** Most that the memos of one filter take together. */
const MEMO_BYTES_MAX = 64 * 1024 * 1024;
const MEMO_BYTES_MIN = 1024 * 1024;

export const jwtAuthnFactory: HttpFilterFactory = {
  schema: JwtAuthenticationSchema,
  compile: (config: Message, context: FactoryContext) =>
    compileJwtAuthn(config as JwtAuthentication, context),
};

function compileJwtAuthn(config: JwtAuthentication, context: FactoryContext): HttpFilter | null {
  const { findings, clock, crypto, jwks } = context;
  const before = findings.list.length;
  const stats = createJwtAuthnStats(context.stats, config.statPrefix);
  const names = Object.keys(config.providers).sort();
  const memoBytesMax = Math.max(MEMO_BYTES_MIN, MEMO_BYTES_MAX / Math.max(1, names.length));
  const providers = new Map(
    names.map((name) => {
      const provider = config.providers[name] as JwtAuthentication['providers'][string];
      return [name, compileProvider(name, provider, { findings, clock, crypto, jwks, stats, memoBytesMax })];
    }),
  );
  const compiler = new RequirementCompiler(providers, new Authenticator(stats, crypto), findings);
  const requirements = new Map(
    Object.entries(config.requirementMap).map(([name, requirement]) => [name, compiler.compile(requirement)]),
  );
  const rules = compileRules(config.rules, requirements, compiler, findings);
  if (config.filterStateRules !== undefined) refuseField(findings, config, 'filter_state_rules');
  const hasErrors = findings.list.slice(before).some(({ severity }) => severity === 'error');
  return hasErrors ? null : new JwtAuthnFilter(config, rules, [...providers.values()], stats);
}

import type { Message } from '@bufbuild/protobuf';
import {
  type JwtAuthentication,
  JwtAuthenticationSchema,
  type PerRouteConfig,
  PerRouteConfigSchema,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { SelectedRoute } from '../../route/selected-route.ts';
import type { FactoryContext, HttpFilter, HttpFilterFactory } from '../filter.ts';
import { routeConfigOf } from '../route-config.ts';
import { Authenticator } from './authenticator.ts';
import { JwtAuthnFilter, type RouteRequirement } from './filter.ts';
import { compileProvider } from './provider.ts';
import { RequirementCompiler } from './requirement.ts';
import { compileRules } from './rules.ts';
import { StateRules } from './state-rules.ts';
import { createJwtAuthnStats } from './stats.ts';

/** Most that the memos of one filter take together. */
const MEMO_BYTES_MAX = 64 * 1024 * 1024;
const MEMO_BYTES_MIN = 1024 * 1024;

/** `envoy.filters.http.jwt_authn`, and what routes say to it. */
export const jwtAuthnFactory: HttpFilterFactory = {
  schema: JwtAuthenticationSchema,
  compile: (config: Message, context: FactoryContext) =>
    compileJwtAuthn(config as JwtAuthentication, context),
  clustersOf: (config: Message) => Object.values((config as JwtAuthentication).providers).flatMap(keyCluster),
  perRoute: {
    schema: PerRouteConfigSchema,
    compile: (config: Message, context: FactoryContext) => compilePerRoute(config as PerRouteConfig, context),
  },
};

function keyCluster({ jwksSourceSpecifier: source }: JwtAuthentication['providers'][string]): string[] {
  const uri = source.case === 'remoteJwks' ? source.value.httpUri?.httpUpstreamType : undefined;
  return uri?.case === 'cluster' ? [uri.value] : [];
}

/** The name is looked up per request: an unknown one is no error of the configuration (envoy.md §1.6). */
function compilePerRoute(config: PerRouteConfig, { findings }: FactoryContext): RouteRequirement | null {
  const { requirementSpecifier: specifier } = config;
  if (specifier.case === 'requirementName') return { origin: config, requirementName: specifier.value };
  if (specifier.case === 'disabled') return { origin: config, requirementName: null };
  const message = 'a `PerRouteConfig` needs one of `disabled`, `requirement_name`';
  findings.report({ code: 'E122', severity: 'error', message, envoy: 'refuses', about: config });
  return null;
}

function compileJwtAuthn(config: JwtAuthentication, context: FactoryContext): HttpFilter | null {
  const { findings, crypto } = context;
  const before = findings.list.length;
  const stats = createJwtAuthnStats(context.stats, config.statPrefix);
  const names = Object.keys(config.providers).sort();
  const memoBytesMax = Math.max(MEMO_BYTES_MIN, MEMO_BYTES_MAX / Math.max(1, names.length));
  const providers = new Map(
    names.map((name) => {
      const provider = config.providers[name] as JwtAuthentication['providers'][string];
      return [name, compileProvider(name, provider, { ...context, stats, memoBytesMax })];
    }),
  );
  const compiler = new RequirementCompiler(providers, new Authenticator(stats, crypto), findings);
  const requirements = new Map(
    Object.entries(config.requirementMap).map(([name, requirement]) => [name, compiler.compile(requirement)]),
  );
  const rules = compileRules(config.rules, requirements, compiler, findings);
  const { filterStateRules } = config;
  const stateRules = filterStateRules === undefined ? null : new StateRules(filterStateRules, compiler);
  const hasErrors = findings.list.slice(before).some(({ severity }) => severity === 'error');
  if (hasErrors) return null;
  const routeConfig = (route: SelectedRoute | null) =>
    routeConfigOf(route, context.name, jwtAuthnFactory) as RouteRequirement | undefined;
  return new JwtAuthnFilter({
    origin: config,
    rules,
    requirements,
    routeConfig,
    providers: [...providers.values()],
    stateRules,
    stats,
  });
}

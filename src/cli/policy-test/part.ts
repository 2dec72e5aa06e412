import type { Policy } from '#schema/envoy/config/rbac/v3/rbac_pb.js';
import type { Route } from '#schema/envoy/config/route/v3/route_components_pb.js';
import type {
  JwtAuthentication,
  RequirementRule,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { Snapshot } from '../../resources/index.ts';
import { overridesOf, type RouteOverride } from '../route-overrides.ts';
import { managersOf } from '../snapshot-parts.ts';
import { alternativesOf } from './conditions.ts';

/** A part of the configuration that decides: what coverage counts. */
export interface Part {
  kind: 'route' | 'jwt rule' | 'requirement' | 'provider' | 'policy' | 'alternative';
  /** For a person: `rule[1]`, `policy "readers"`. */
  name: string;
  /** The message that a recorder's step names. */
  origin: object;
}

/** Every route, rule, named requirement, provider, enforced policy and alternative in one, those that routes have for themselves too. */
export function partsOf(snapshot: Snapshot): Part[] {
  return managersOf(snapshot).flatMap(({ routes, jwtFilters, rbacFilters }) => [
    ...(routes?.virtualHosts ?? []).flatMap((host) =>
      host.routes.map((route, index) => routePart(route, host.name, index)),
    ),
    ...jwtFilters.flatMap(jwtParts),
    ...rbacFilters.flatMap(({ rules }) => Object.entries(rules?.policies ?? {})).flatMap(policyParts),
    ...(routes === null ? [] : overridesOf(routes, nameOfRoute)).flatMap(overrideParts),
  ]);
}

const routePart = (route: Route, host: string, index: number): Part => ({
  kind: 'route',
  name: nameOfRoute(route, host, index),
  origin: route,
});

const nameOfRoute = ({ name }: Route, host: string, index: number) =>
  name === '' ? `route ${host}.routes[${index}]` : `route ${name}`;

function overrideParts({ name, config }: RouteOverride): Part[] {
  if (config.kind === 'jwt') return [{ kind: 'jwt rule', name, origin: config.message }];
  const policies = Object.entries(config.message.rbac?.rules?.policies ?? {});
  return policies.flatMap(policyParts).map((part) => ({ ...part, name: `${part.name} in ${name}` }));
}

function jwtParts({ rules, providers }: JwtAuthentication): Part[] {
  return [
    ...rules.map((rule: RequirementRule, index): Part => {
      return { kind: 'jwt rule', name: `jwt rule[${index}]`, origin: rule };
    }),
    ...Object.entries(providers).map(([name, provider]): Part => {
      return { kind: 'provider', name: `provider ${name}`, origin: provider };
    }),
  ];
}

function policyParts([name, policy]: [string, Policy]): Part[] {
  const whole = `policy "${name}"`;
  return [
    { kind: 'policy', name: whole, origin: policy },
    ...alternativesOf(policy).map(({ name, origin }): Part => {
      return { kind: 'alternative', name: `${name} of ${whole}`, origin };
    }),
  ];
}

import type { Policy } from '#schema/envoy/config/rbac/v3/rbac_pb.js';
import type { Route } from '#schema/envoy/config/route/v3/route_components_pb.js';
import type {
  JwtAuthentication,
  RequirementRule,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { Snapshot } from '../../resources/index.ts';
import { managersOf } from '../snapshot-parts.ts';

/** A part of the configuration that decides: what coverage counts. */
export interface Part {
  kind: 'route' | 'jwt rule' | 'provider' | 'policy';
  /** For a person: `rule[1]`, `policy "readers"`. */
  name: string;
  /** The message that a recorder's step names. */
  origin: object;
}

/** Every route, rule, provider and enforced policy. */
export function partsOf(snapshot: Snapshot): Part[] {
  return managersOf(snapshot).flatMap(({ routes, jwtFilters, rbacFilters }) => [
    ...(routes?.virtualHosts ?? []).flatMap((host) =>
      host.routes.map((route, index) => routePart(route, `${host.name}.routes[${index}]`)),
    ),
    ...jwtFilters.flatMap(jwtParts),
    ...rbacFilters.flatMap(({ rules }) => Object.entries(rules?.policies ?? {})).map(policyPart),
  ]);
}

function routePart(route: Route, name: string): Part {
  return { kind: 'route', name: route.name === '' ? `route ${name}` : `route ${route.name}`, origin: route };
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

function policyPart([name, policy]: [string, Policy]): Part {
  return { kind: 'policy', name: `policy "${name}"`, origin: policy };
}

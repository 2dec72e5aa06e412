import type { Policy, RBAC as Rules } from '#schema/envoy/config/rbac/v3/rbac_pb.js';
import type { Route, RouteMatch } from '#schema/envoy/config/route/v3/route_components_pb.js';
import type {
  JwtAuthentication,
  JwtProvider,
  JwtRequirement,
  RequirementRule,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { Snapshot } from '../../resources/index.ts';
import { overridesOf } from '../route-overrides.ts';
import { type ManagerParts, managersOf } from '../snapshot-parts.ts';
import { type Condition, caseOf, describe, membersOf } from './conditions.ts';

/** One small change to a configuration, which can be taken back. */
export interface Mutant {
  /** What is different: `without rule[0]`. */
  text: string;
  /** The message that is changed, and the field of it, for the place. */
  origin: object;
  field?: string | undefined;
  /** The change removes a whole rule, route or policy. */
  removesRule: boolean;
  /** Makes the change, and answers how to take it back. */
  apply(): () => void;
}

/** Every rule removed, every decision flipped, every condition left out: one at a time. */
export function mutantsOf(snapshot: Snapshot): Mutant[] {
  return managersOf(snapshot).flatMap((parts) => [
    ...filterMutants(parts),
    ...routeMutants(parts),
    ...parts.jwtFilters.flatMap(jwtMutants),
    ...parts.rbacFilters.flatMap(({ rules }) => (rules === undefined ? [] : rbacMutants(rules))),
    ...overrideMutants(parts),
  ]);
}

/** A filter less; the last one routes. */
function filterMutants({ manager: { httpFilters } }: ManagerParts): Mutant[] {
  return httpFilters
    .slice(0, -1)
    .map((filter, index) => without(httpFilters, index, `filter ${filter.name}`, filter, true));
}

function routeMutants({ routes }: ManagerParts): Mutant[] {
  return (routes?.virtualHosts ?? []).flatMap((host) =>
    host.routes.flatMap((route, index) => {
      const name = nameOfRoute(route, host.name, index);
      return [
        without(host.routes, index, name, route, true),
        ...(route.match === undefined ? [] : matchMutants(route.match, name)),
      ];
    }),
  );
}

function overrideMutants({ routes }: ManagerParts): Mutant[] {
  return (routes === null ? [] : overridesOf(routes, nameOfRoute)).flatMap(({ name, config, remove }) => {
    const { message, kind } = config;
    const own: Mutant = { text: `without ${name}`, origin: message, removesRule: true, apply: remove };
    const rules = kind === 'rbac' ? message.rbac?.rules : undefined;
    const inside = rules === undefined ? [] : rbacMutants(rules);
    return [own, ...inside.map((mutant) => ({ ...mutant, text: `${mutant.text} in ${name}` }))];
  });
}

const nameOfRoute = ({ name }: Route, host: string, index: number) =>
  name === '' ? `routes[${index}] of ${host}` : `route ${name}`;

function matchMutants(match: RouteMatch, name: string): Mutant[] {
  return [
    ...match.headers.map((header, index) =>
      without(match.headers, index, `headers[${index}] of ${name}`, header),
    ),
    ...match.queryParameters.map((parameter, index) =>
      without(match.queryParameters, index, `query_parameters[${index}] of ${name}`, parameter),
    ),
  ];
}

function jwtMutants({ rules, providers }: JwtAuthentication): Mutant[] {
  return [
    ...rules.flatMap((rule, index) => [
      without(rules, index, `jwt rule[${index}]`, rule, true),
      ...(rule.match === undefined ? [] : matchMutants(rule.match, `jwt rule[${index}]`)),
      ...requirementMutants(rule, `jwt rule[${index}]`),
    ]),
    ...Object.entries(providers).flatMap(([name, provider]) => providerMutants(name, provider)),
  ];
}

function requirementMutants(rule: RequirementRule, name: string): Mutant[] {
  const type = rule.requirementType;
  if (type.case === undefined) return [];
  const open: Mutant = {
    text: `${name} requires nothing`,
    origin: rule,
    field: type.case === 'requires' ? 'requires' : 'requirement_name',
    removesRule: false,
    apply: () => {
      rule.requirementType = { case: undefined };
      return () => {
        rule.requirementType = type;
      };
    },
  };
  return type.case === 'requires' ? [open, ...memberMutants(type.value, name)] : [open];
}

function memberMutants({ requiresType: type }: JwtRequirement, name: string): Mutant[] {
  if (type.case !== 'requiresAny' && type.case !== 'requiresAll') return [];
  const { requirements } = type.value;
  return requirements.flatMap((member, index) => [
    without(requirements, index, `requirements[${index}] of ${name}`, member),
    ...memberMutants(member, name),
  ]);
}

function providerMutants(name: string, provider: JwtProvider): Mutant[] {
  const mutants: Mutant[] = [];
  if (provider.audiences.length > 0) {
    mutants.push(
      setting(provider, 'audiences', [], `provider ${name} takes any audience`, provider, 'audiences'),
    );
  }
  if (provider.audiences.length > 1) {
    const { audiences } = provider;
    mutants.push(
      ...audiences.map((audience): Mutant => {
        const others = audiences.filter((one) => one !== audience);
        const text = `provider ${name} does not take audience \`${audience}\``;
        return setting(provider, 'audiences', others, text, provider, 'audiences');
      }),
    );
  }
  if (provider.issuer !== '') {
    mutants.push(setting(provider, 'issuer', '', `provider ${name} takes any issuer`, provider, 'issuer'));
  }
  if (provider.subjects !== undefined) {
    mutants.push(
      setting(provider, 'subjects', undefined, `provider ${name} takes any subject`, provider, 'subjects'),
    );
  }
  return mutants;
}

const [ALLOW, DENY] = [0, 1];

function rbacMutants(rules: Rules): Mutant[] {
  const { action, policies } = rules;
  const flipped = action === ALLOW ? DENY : ALLOW;
  const names = { [ALLOW]: 'ALLOW', [DENY]: 'DENY' };
  const isFlippable = (action === ALLOW || action === DENY) && Object.keys(policies).length > 0;
  const [first] = Object.values(policies);
  const flip = setting(
    rules,
    'action',
    flipped,
    `rules say ${names[flipped]} instead of ${names[action]}`,
    first ?? rules,
  );
  return [
    ...(isFlippable ? [flip] : []),
    ...Object.entries(policies).flatMap(([name, policy]) => policyMutants(name, policy, policies)),
  ];
}

function policyMutants(name: string, policy: Policy, policies: { [name: string]: Policy }): Mutant[] {
  const remove: Mutant = {
    text: `without policy "${name}"`,
    origin: policy,
    removesRule: true,
    apply: () => {
      delete policies[name];
      return () => {
        policies[name] = policy;
      };
    },
  };
  const { permissions, principals } = policy;
  const about = (what: string, index: number) => `${what}[${index}] of policy "${name}"`;
  return [
    remove,
    ...permissions.flatMap((permission, index) => [
      ...(permissions.length > 1
        ? [without(permissions, index, about('permissions', index), permission)]
        : []),
      ...conditionMutants(permission, about('permissions', index)),
    ]),
    ...principals.flatMap((principal, index) => [
      ...(principals.length > 1 ? [without(principals, index, about('principals', index), principal)] : []),
      ...conditionMutants(principal, about('principals', index)),
    ]),
  ];
}

/** Members of and-lists (a condition less: wider) and of or-lists (an alternative less: narrower), at any depth. */
function conditionMutants(condition: Condition, name: string): Mutant[] {
  const members = membersOf(condition);
  return members.flatMap((member, index) => {
    const isSpare = members.length > 1 && caseOf(member) !== 'any';
    const inner = conditionMutants(member, name);
    return isSpare
      ? [without(members, index, `${describe(member)}, ${index} of ${name}`, member), ...inner]
      : inner;
  });
}

function without<Element extends object>(
  list: Element[],
  index: number,
  name: string,
  origin: Element,
  removesRule = false,
): Mutant {
  return {
    text: `without ${name}`,
    origin,
    removesRule,
    apply: () => {
      const [removed] = list.splice(index, 1);
      return () => void list.splice(index, 0, removed as Element);
    },
  };
}

function setting<Message extends object, Key extends keyof Message>(
  message: Message,
  key: Key,
  value: Message[Key],
  text: string,
  origin: object,
  field?: string,
): Mutant {
  return {
    text,
    origin,
    field,
    removesRule: false,
    apply: () => {
      const before = message[key];
      message[key] = value;
      return () => {
        message[key] = before;
      };
    },
  };
}

import type { Permission, Policy, Principal } from '#schema/envoy/config/rbac/v3/rbac_pb.js';

/** What a policy asks for, of the request or of who sends it. */
export type Condition = Permission | Principal;

export const caseOf = (condition: Condition) =>
  'rule' in condition ? condition.rule.case : condition.identifier.case;

/** What a condition looks at. */
export function describe(condition: Condition): string {
  const type = 'rule' in condition ? condition.rule : condition.identifier;
  if (type.case === 'header') return `header ${type.value.name}`;
  if (type.case === 'urlPath' && typeof type.value.rule.value?.matchPattern.value === 'string')
    return `path \`${type.value.rule.value.matchPattern.value}\``;
  if (type.case === 'metadata') {
    return `metadata ${type.value.path.map(({ segment }) => segment.value ?? '').join('.')}`;
  }
  if (type.case === 'notRule' || type.case === 'notId') return `not ${describe(type.value)}`;
  return type.case === undefined ? 'condition' : (WORDS.get(type.case) ?? type.case);
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['andRules', 'conditions'],
  ['andIds', 'conditions'],
  ['orRules', 'alternatives'],
  ['orIds', 'alternatives'],
  ['urlPath', 'path'],
]);

export function membersOf(condition: Condition): Condition[] {
  const type = 'rule' in condition ? condition.rule : condition.identifier;
  if (type.case === 'andRules' || type.case === 'orRules') return type.value.rules;
  return type.case === 'andIds' || type.case === 'orIds' ? type.value.ids : [];
}

/** One of several that will do. */
interface Alternative {
  /** For a person: `path, 1 of permissions[0]`. */
  name: string;
  origin: Condition;
}

/** The members of a policy's or-lists, its own two among them, wherever there are several. What is under a `not` is none. */
export function alternativesOf({ permissions, principals }: Policy): Alternative[] {
  return [...alternativesIn(permissions, 'permissions'), ...alternativesIn(principals, 'principals')];
}

function alternativesIn(conditions: readonly Condition[], field: string): Alternative[] {
  return conditions.flatMap((origin, index) => {
    const name = `${field}[${index}]`;
    return [...(conditions.length > 1 ? [{ name, origin }] : []), ...insideOf(origin, name)];
  });
}

function insideOf(condition: Condition, name: string): Alternative[] {
  const members = membersOf(condition);
  const isCounted = members.length > 1 && ['orRules', 'orIds'].includes(caseOf(condition) ?? '');
  return members.flatMap((origin, index) => [
    ...(isCounted ? [{ name: `${describe(origin)}, ${index} of ${name}`, origin }] : []),
    ...insideOf(origin, name),
  ]);
}

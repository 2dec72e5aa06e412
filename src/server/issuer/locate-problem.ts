import type { Realm } from '#schema/realm/realm_pb.js';
import type { RealmProblem } from '../../issuer/index.ts';
import type { FindingAbout } from '../../resources/index.ts';
import { REALM_CODES } from './realm-codes.ts';

/** A problem of the compiled realm as a finding about the message nearest to it. */
export function locateProblem(message: Realm, problem: RealmProblem): FindingAbout {
  const { about, field } = nearest(message, problem.path);
  return {
    code: problem.severity === 'error' ? REALM_CODES.unusable : REALM_CODES.withoutEffect,
    severity: problem.severity,
    message: problem.message,
    envoy: 'accepts',
    about,
    field,
  };
}

/** Follows a path as far as messages go; what is left names the field in the last one: `realmRoles[0]`, `attributes[x]`. */
function nearest(message: object, path: RealmProblem['path']): { about: object; field: string | undefined } {
  let about = message;
  let value: unknown = message;
  let field = '';
  for (const step of path) {
    if (typeof value !== 'object' || value === null) break;
    value = (value as Record<string | number, unknown>)[step];
    field = field === '' ? String(step) : `${field}[${step}]`;
    if (isMessage(value)) {
      about = value;
      field = '';
    }
  }
  return { about, field: field === '' ? undefined : field };
}

function isMessage(value: unknown): value is object {
  return typeof value === 'object' && value !== null && '$typeName' in value;
}

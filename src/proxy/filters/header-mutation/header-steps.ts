import type {
  HeaderMutation,
  HeaderMutation_RemoveOnMatch as RemoveOnMatch,
} from '#schema/envoy/config/common/mutation_rules/v3/mutation_rules_pb.js';
import { compileStringMatcher, lowerAscii, type StringMatcher } from '../../../core/match/index.ts';
import type { Findings } from '../../../resources/index.ts';
import { type HeaderList, isFraming } from '../../http/header-list.ts';
import { refuseField, refuseInto } from '../../refusals.ts';
import {
  applyHeaderMutations,
  compileHeaderMutations,
  type HeaderMutations,
  warnOfFraming,
} from '../../route/header-mutation.ts';
import type { FilterStream } from '../filter.ts';

/** One change of a message's headers. */
export type HeaderStep = HeaderMutations | { removeNamed: StringMatcher };

/** Names that Envoy keeps among the headers. Without one of them no message can go on, but for the scheme's. */
const PSEUDO = {
  request: [':method', ':path', ':authority', ':scheme', ':protocol'],
  response: [':status'],
};

/** Compiles one mutation; null for one that changes nothing or has an error. */
export function compileHeaderStep(
  mutation: HeaderMutation,
  message: keyof typeof PSEUDO,
  findings: Findings,
): HeaderStep | null {
  const { action } = mutation;
  switch (action.case) {
    case 'append':
      return compileHeaderMutations([action.value], null, findings);
    case 'removeOnMatch':
      return compileRemoval(action.value, message, findings);
    case 'remove':
      return compileNamedRemoval(lowerAscii(action.value), mutation, findings);
    case undefined:
      return null;
  }
}

function compileNamedRemoval(name: string, about: object, findings: Findings): HeaderStep | null {
  if (name.startsWith(':') || name === 'host') {
    refuseField(findings, about, 'remove', ` for \`${name}\``);
    return null;
  }
  if (isFraming(name)) warnOfFraming(name, { about, field: 'remove' }, findings);
  return { remove: [name], add: [] };
}

function compileRemoval(
  config: RemoveOnMatch,
  message: keyof typeof PSEUDO,
  findings: Findings,
): HeaderStep | null {
  const { keyMatcher } = config;
  const matcher = keyMatcher === undefined ? null : compileStringMatcher(keyMatcher, refuseInto(findings));
  if (matcher === null) return null;
  const taken = PSEUDO[message].find((name) => matcher.matches(name));
  if (taken === undefined) return { removeNamed: matcher };
  refuseField(findings, config, 'key_matcher', ` where it takes \`${taken}\``);
  return null;
}

/** Changes a message's headers; values are rendered from the stream as it is before the step. */
export function applyHeaderStep(step: HeaderStep, headers: HeaderList, stream: FilterStream): void {
  if (!('removeNamed' in step)) {
    applyHeaderMutations(headers, [step], stream);
    return;
  }
  for (const name of new Set(headers.names)) if (step.removeNamed.matches(name)) headers.remove(name);
}

/** Names only: values may hold what is nobody's business. */
export function describeHeaderStep(step: HeaderStep): string[] {
  if ('removeNamed' in step) return [`remove headers ${step.removeNamed.wants}`];
  return [
    ...step.remove.map((name) => `remove ${name}`),
    ...step.add.map(({ name, action }) => `${action} ${name}`),
  ];
}

import type { HeaderMutation } from '#schema/envoy/config/common/mutation_rules/v3/mutation_rules_pb.js';
import type { Mutations } from '#schema/envoy/extensions/filters/http/header_mutation/v3/header_mutation_pb.js';
import type { Findings } from '../../../resources/index.ts';
import { compileHeaderStep, type HeaderStep } from './header-steps.ts';
import { compileQueryStep, type QueryStep } from './query-steps.ts';

/** One configuration's changes, one step after another. */
export interface MutationSteps {
  origin: object;
  request: readonly HeaderStep[];
  /** They come after the request's headers. */
  query: readonly QueryStep[];
  response: readonly HeaderStep[];
}

/** Compiles `mutations`; null after an error. */
export function compileMutations(
  origin: { mutations?: Mutations | undefined },
  findings: Findings,
): MutationSteps | null {
  const before = findings.list.length;
  const {
    requestMutations = [],
    responseMutations = [],
    queryParameterMutations = [],
  } = origin.mutations ?? {};
  const compile = (mutations: readonly HeaderMutation[], message: 'request' | 'response') =>
    mutations.map((one) => compileHeaderStep(one, message, findings)).filter((step) => step !== null);
  const steps = {
    origin,
    request: compile(requestMutations, 'request'),
    query: queryParameterMutations
      .map((one) => compileQueryStep(one, findings))
      .filter((step) => step !== null),
    response: compile(responseMutations, 'response'),
  };
  const hasErrors = findings.list.slice(before).some(({ severity }) => severity === 'error');
  return hasErrors ? null : steps;
}

import type { HeaderMutation } from '#schema/envoy/config/common/mutation_rules/v3/mutation_rules_pb.js';
import type { Mutations } from '#schema/envoy/extensions/filters/http/header_mutation/v3/header_mutation_pb.js';
import { lowerAscii } from '../../../core/match/index.ts';
import type { Findings } from '../../../resources/index.ts';
import { refuseField } from '../../refusals.ts';
import { compileHeaderMutations, type HeaderMutations } from '../../route/header-mutation.ts';

/** One configuration's changes, one step after another. */
export interface MutationSteps {
  origin: object;
  request: readonly HeaderMutations[];
  response: readonly HeaderMutations[];
}

/** Compiles `mutations`; null after an error. */
export function compileMutations(
  origin: { mutations?: Mutations | undefined },
  findings: Findings,
): MutationSteps | null {
  const before = findings.list.length;
  const steps = {
    origin,
    request: compileSteps(origin.mutations?.requestMutations ?? [], findings),
    response: compileSteps(origin.mutations?.responseMutations ?? [], findings),
  };
  const hasErrors = findings.list.slice(before).some(({ severity }) => severity === 'error');
  return hasErrors ? null : steps;
}

function compileSteps(mutations: readonly HeaderMutation[], findings: Findings): HeaderMutations[] {
  return mutations.map((one) => compileStep(one, findings)).filter((step) => step !== null);
}

function compileStep(mutation: HeaderMutation, findings: Findings): HeaderMutations | null {
  const { action } = mutation;
  if (action.case !== 'remove') {
    return action.value === undefined ? null : compileHeaderMutations([action.value], [], mutation, findings);
  }
  const name = lowerAscii(action.value);
  if (!name.startsWith(':') && name !== 'host') return { remove: [name], add: [] };
  refuseField(findings, mutation, 'remove', ` for \`${name}\``);
  return null;
}

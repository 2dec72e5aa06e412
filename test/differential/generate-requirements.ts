import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import { ODD_OUTPUT_HEADERS } from './generate-outputs.ts';
import { AUDIENCES } from './words.ts';

const DEPTH_MAX = 3;

/** The providers that one requirement may still name, and which of them have their keys fetched. */
interface Nameable {
  names: string[];
  fetched: ReadonlySet<string>;
}

/**
 * One whole requirement. A provider whose keys are fetched is named once in it and last of all, and beside one nobody looks at all
 * providers: which of two fetches comes back first is nobody's to say, a fetch that is not waited for is cancelled by Envoy alone (row
 * Q4), and the second takes the first one's address (row Q14).
 */
export function generateRequirement(
  choose: Choose,
  names: readonly string[],
  fetched: ReadonlySet<string>,
): JsonObject {
  return requirementAt(choose, { names: [...names], fetched }, 0, true);
}

function requirementAt(choose: Choose, nameable: Nameable, depth: number, isLast: boolean): JsonObject {
  const { fetched } = nameable;
  const names = isLast ? nameable.names : nameable.names.filter((name) => !fetched.has(name));
  const here = { names, fetched };
  const group = () => {
    const count = choose.between(2, 3);
    const requirements = Array.from({ length: count }, (_, index) =>
      requirementAt(choose, here, depth + 1, isLast && index === count - 1),
    );
    return { requirements };
  };
  const named = names.length > 0 ? 1 : 0;
  const lenient = fetched.size === 0 || (fetched.size === 1 && depth === 0) ? 1 : 0;
  return choose.weighted<JsonObject>([
    [named * (depth === 0 ? 10 : 6), () => ({ provider_name: takeName(choose, here) })],
    [named * 2, () => ({ provider_and_audiences: generateOwnAudiences(choose, here) })],
    [depth >= DEPTH_MAX ? 0 : 5, () => ({ requires_any: group() })],
    [depth >= DEPTH_MAX ? 0 : 3, () => ({ requires_all: group() })],
    [lenient * 2, () => ({ allow_missing: {} })],
    [lenient * 2, () => ({ allow_missing_or_failed: {} })],
    [
      lenient,
      () => ({
        extract_only_without_validation: choose.field(0.5, 'verification_status_header', () =>
          choose.chance(0.5) ? 'x-status' : choose.pick(['X-Status', ...ODD_OUTPUT_HEADERS]),
        ),
      }),
    ],
    [0.5, () => ({})],
  ]);
}

function takeName(choose: Choose, { names, fetched }: Nameable): string {
  const name = choose.pick(names);
  if (fetched.has(name)) names.splice(names.indexOf(name), 1);
  return name;
}

const generateOwnAudiences = (choose: Choose, nameable: Nameable): JsonObject => ({
  provider_name: takeName(choose, nameable),
  ...choose.field<Json>(0.8, 'audiences', () => choose.some(1, 2, AUDIENCES)),
});

import type { Bootstrap } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import type { RegexMatcher } from '#schema/envoy/type/matcher/v3/regex_pb.js';
import { staticRuntimeOf } from '../runtime/static-runtime.ts';

const KEY = 're2.max_program_size.error_level';
const USUALLY = 100;

/** What Envoy takes of an expression. */
interface SizeLimit {
  instructions: number;
  /** Nothing from outside the file can set another one before Envoy reads the expression. */
  isFixed: boolean;
}

/** The expression's own `max_program_size`, else what the runtime says. */
export function regexSizeLimit({ engineType }: RegexMatcher, bootstrap: Bootstrap): SizeLimit {
  const own = engineType.case === 'googleRe2' ? engineType.value.maxProgramSize : undefined;
  if (own !== undefined) return { instructions: own, isFixed: true };
  const layers = bootstrap.layeredRuntime?.layers ?? [];
  return {
    instructions: staticRuntimeOf(bootstrap).get(KEY)?.number ?? USUALLY,
    isFixed: layers.every(
      ({ layerSpecifier: { case: kind } }) => kind !== 'diskLayer' && kind !== 'rtdsLayer',
    ),
  };
}

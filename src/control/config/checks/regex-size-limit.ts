import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { Bootstrap } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import type { RegexMatcher } from '#schema/envoy/type/matcher/v3/regex_pb.js';

const KEY = 're2.max_program_size.error_level';
const USUALLY = 100;

/** What Envoy takes of an expression. */
interface SizeLimit {
  instructions: number;
  /** Nothing from outside the file can set another one before Envoy reads the expression. */
  isFixed: boolean;
}

/** The expression's own `max_program_size`, else what the runtime says; later layers win. */
export function regexSizeLimit({ engineType }: RegexMatcher, bootstrap: Bootstrap): SizeLimit {
  const own = engineType.case === 'googleRe2' ? engineType.value.maxProgramSize : undefined;
  if (own !== undefined) return { instructions: own, isFixed: true };
  const layers = bootstrap.layeredRuntime?.layers ?? [];
  const said = layers.flatMap(({ layerSpecifier: layer }) =>
    layer.case === 'staticLayer' ? levelsIn(layer.value) : [],
  );
  return {
    instructions: said.at(-1) ?? USUALLY,
    isFixed: layers.every(
      ({ layerSpecifier: { case: kind } }) => kind !== 'diskLayer' && kind !== 'rtdsLayer',
    ),
  };
}

/** Names are joined by points, however deep they stand. */
function levelsIn(layer: JsonObject, outer = ''): number[] {
  const found = Object.entries(layer).flatMap(([name, value]): number[] => {
    const key = outer === '' ? name : `${outer}.${name}`;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return levelsIn(value, key);
    const level = key === KEY ? levelOf(value) : undefined;
    return level === undefined ? [] : [level];
  });
  return found.length > 1 ? [Math.max(...found)] : found;
}

/** A number or a text of one; undefined: the key is passed over. */
function levelOf(value: JsonValue): number | undefined {
  const level =
    typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : -1;
  return level >= 0 ? Math.trunc(level) : undefined;
}

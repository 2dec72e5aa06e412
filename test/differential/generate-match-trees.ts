import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import { generateRarePredicate, generateTextInput } from './generate-inputs.ts';
import { generateCustomLookup } from './generate-match-lookups.ts';
import { HOSTS, METHODS, PATHS, VALUES } from './words.ts';

const INPUT = 'type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput';
const ACTION = 'type.googleapis.com/envoy.config.rbac.v3.Action';

function input(choose: Choose): [JsonObject, readonly string[]] {
  if (choose.chance(0.2)) return generateTextInput(choose);
  const [name, texts] = choose.pick<[string, readonly string[]]>([
    [':path', [...PATHS, '/a?x=a']],
    [':method', METHODS],
    [':authority', HOSTS],
    ['x-a', VALUES],
    ['x-role', VALUES],
  ]);
  return [
    { name: 'input', typed_config: { '@type': INPUT, header_name: name } },
    texts.filter((one) => one !== ''),
  ];
}

function onMatch(choose: Choose, payloadKeys: readonly string[], depth: number): JsonObject {
  if (depth < 2 && choose.chance(0.25)) return { matcher: generateMatcher(choose, payloadKeys, depth + 1) };
  const action = choose.pick(['ALLOW', 'ALLOW', 'DENY', 'LOG']);
  const name = choose.pick(['one', 'two', 'a policy']);
  return { action: { name: 'action', typed_config: { '@type': ACTION, name, action } } };
}

/** A tree of the matcher API that ends in rbac's verdicts. */
export function generateMatcher(choose: Choose, payloadKeys: readonly string[], depth = 0): JsonObject {
  const otherwise = choose.field(0.5, 'on_no_match', () => onMatch(choose, payloadKeys, depth));
  if (choose.chance(0.5)) {
    const matchers = choose.list<Json>(1, 3, () => ({
      predicate: predicate(choose, payloadKeys, 0),
      on_match: onMatch(choose, payloadKeys, depth),
    }));
    return { matcher_list: { matchers }, ...otherwise };
  }
  if (choose.chance(0.3)) {
    const lookup = generateCustomLookup(choose, () => onMatch(choose, payloadKeys, depth));
    return { matcher_tree: lookup, ...otherwise };
  }
  const [from, texts] = input(choose);
  const keys = choose.some(1, 3, texts);
  const map = { map: Object.fromEntries(keys.map((key) => [key, onMatch(choose, payloadKeys, depth)])) };
  const kind = choose.pick(['exact_match_map', 'prefix_match_map']);
  return { matcher_tree: { input: from, [kind]: map }, ...otherwise };
}

function predicate(choose: Choose, payloadKeys: readonly string[], depth: number): JsonObject {
  const group = () => ({ predicate: choose.list(2, 3, () => predicate(choose, payloadKeys, depth + 1)) });
  return choose.weighted<JsonObject>([
    [5, () => single(choose)],
    [2, () => generateRarePredicate(choose, payloadKeys)],
    [depth > 0 ? 0 : 1, () => ({ and_matcher: group() })],
    [depth > 0 ? 0 : 1, () => ({ or_matcher: group() })],
    [depth > 0 ? 0 : 1, () => ({ not_matcher: predicate(choose, payloadKeys, depth + 1) })],
  ]);
}

function single(choose: Choose): JsonObject {
  const [from, texts] = input(choose);
  const value = choose.pick(texts);
  const kind = choose.pick(['exact', 'prefix', 'suffix', 'contains']);
  const ignoreCase = choose.field(0.2, 'ignore_case', () => true);
  return { single_predicate: { input: from, value_match: { [kind]: value, ...ignoreCase } } };
}

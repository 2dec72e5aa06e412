import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import { CLAIM_PATHS, HEADERS, HOSTS, METHODS, PATHS, SUBJECTS, VALUES } from './words.ts';

/** CEL's syntax tree in JSON, by its parts. */
const text = (value: string): JsonObject => ({ const_expr: { string_value: value } });
const truth = (value: boolean): JsonObject => ({ const_expr: { bool_value: value } });
const whole = (value: number): JsonObject => ({ const_expr: { int64_value: String(value) } });
const named = (name: string): JsonObject => ({ ident_expr: { name } });
const list = (elements: JsonObject[]): JsonObject => ({ list_expr: { elements } });
const call = (name: string, ...args: JsonObject[]): JsonObject => ({ call_expr: { function: name, args } });
const method = (target: JsonObject, name: string, ...args: JsonObject[]): JsonObject => ({
  call_expr: { target, function: name, args },
});
const member = (operand: JsonObject, field: string, testOnly = false): JsonObject => ({
  select_expr: { operand, field, ...(testOnly ? { test_only: true } : {}) },
});
const at = (value: JsonObject, key: string) => call('_[_]', value, text(key));

/** A condition over the request and the claims, faults not excluded. */
export function generateCondition(choose: Choose, payloadKeys: readonly string[], depth = 0): JsonObject {
  const inner = () => generateCondition(choose, payloadKeys, depth + 1);
  return choose.weighted<JsonObject>([
    [6, () => comparison(choose, payloadKeys)],
    [1, () => truth(choose.chance(0.7))],
    [1, () => presence(choose, payloadKeys)],
    [depth > 1 ? 0 : 2, () => call('_&&_', inner(), inner())],
    [depth > 1 ? 0 : 2, () => call('_||_', inner(), inner())],
    [depth > 1 ? 0 : 1, () => call('!_', inner())],
    [depth > 1 ? 0 : 1, () => call('_?_:_', inner(), inner(), inner())],
  ]);
}

function comparison(choose: Choose, payloadKeys: readonly string[]): JsonObject {
  const [value, texts] = operand(choose, payloadKeys);
  const one = () => text(choose.pick(texts));
  return choose.weighted<JsonObject>([
    [4, () => call('_==_', value, one())],
    [2, () => call('_!=_', value, one())],
    [2, () => method(value, 'startsWith', text(choose.pick(texts).slice(0, 2)))],
    [1, () => method(value, 'endsWith', text(choose.pick(texts).slice(-2)))],
    [1, () => method(value, 'contains', text(choose.pick(texts).slice(0, 1)))],
    [2, () => call('@in', value, list([one(), one()]))],
    [1, () => call(choose.pick(['_>_', '_<=_']), method(value, 'size'), whole(choose.between(0, 5)))],
    [1, () => call(choose.pick(['_<_', '_>=_']), value, one())],
    [1, () => call('@in', one(), value)],
  ]);
}

function operand(choose: Choose, payloadKeys: readonly string[]): [JsonObject, readonly string[]] {
  const request = named('request');
  return choose.weighted<[JsonObject, readonly string[]]>([
    [2, () => [member(request, 'path'), [...PATHS, '/a?x=a']]],
    [2, () => [member(request, 'url_path'), PATHS]],
    [2, () => [member(request, 'method'), METHODS]],
    [1, () => [member(request, 'host'), HOSTS]],
    [1, () => [member(request, 'scheme'), ['http', 'https']]],
    [3, () => [at(member(request, 'headers'), choose.pick(HEADERS).toLowerCase()), VALUES]],
    [5, () => [claim(choose, payloadKeys), [...SUBJECTS, 'dev', 'admin', 'r1']]],
  ]);
}

function claim(choose: Choose, payloadKeys: readonly string[]): JsonObject {
  const path = [choose.pick([...payloadKeys, 'payload']), ...choose.pick(CLAIM_PATHS)];
  const root = at(member(named('metadata'), 'filter_metadata'), 'envoy.filters.http.jwt_authn');
  return path.reduce((value, key) => at(value, key), root);
}

function presence(choose: Choose, payloadKeys: readonly string[]): JsonObject {
  const namespaces = member(named('metadata'), 'filter_metadata');
  return choose.weighted<JsonObject>([
    [1, () => call('@in', text(choose.pick(HEADERS).toLowerCase()), member(named('request'), 'headers'))],
    [1, () => call('@in', text('envoy.filters.http.jwt_authn'), namespaces)],
    [
      1,
      () =>
        member(at(namespaces, 'envoy.filters.http.jwt_authn'), choose.pick([...payloadKeys, 'failed']), true),
    ],
  ]);
}

const INPUT = 'type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput';
const ACTION = 'type.googleapis.com/envoy.config.rbac.v3.Action';

function input(choose: Choose): [JsonObject, readonly string[]] {
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

function onMatch(choose: Choose, depth: number): JsonObject {
  if (depth < 2 && choose.chance(0.25)) return { matcher: generateMatcher(choose, depth + 1) };
  const action = choose.pick(['ALLOW', 'ALLOW', 'DENY', 'LOG']);
  const name = choose.pick(['one', 'two', 'a policy']);
  return { action: { name: 'action', typed_config: { '@type': ACTION, name, action } } };
}

/** A tree of the matcher API that ends in rbac's verdicts. */
export function generateMatcher(choose: Choose, depth = 0): JsonObject {
  const otherwise = choose.field(0.5, 'on_no_match', () => onMatch(choose, depth));
  if (choose.chance(0.5)) {
    const matchers = choose.list<Json>(1, 3, () => ({
      predicate: predicate(choose, 0),
      on_match: onMatch(choose, depth),
    }));
    return { matcher_list: { matchers }, ...otherwise };
  }
  const [from, texts] = input(choose);
  const keys = choose.some(1, 3, texts);
  const map = { map: Object.fromEntries(keys.map((key) => [key, onMatch(choose, depth)])) };
  const kind = choose.pick(['exact_match_map', 'prefix_match_map']);
  return { matcher_tree: { input: from, [kind]: map }, ...otherwise };
}

function predicate(choose: Choose, depth: number): JsonObject {
  const group = () => ({ predicate: choose.list(2, 3, () => predicate(choose, depth + 1)) });
  return choose.weighted<JsonObject>([
    [5, () => single(choose)],
    [depth > 0 ? 0 : 1, () => ({ and_matcher: group() })],
    [depth > 0 ? 0 : 1, () => ({ or_matcher: group() })],
    [depth > 0 ? 0 : 1, () => ({ not_matcher: predicate(choose, depth + 1) })],
  ]);
}

function single(choose: Choose): JsonObject {
  const [from, texts] = input(choose);
  const value = choose.pick(texts);
  const kind = choose.pick(['exact', 'prefix', 'suffix', 'contains']);
  const ignoreCase = choose.field(0.2, 'ignore_case', () => true);
  return { single_predicate: { input: from, value_match: { [kind]: value, ...ignoreCase } } };
}

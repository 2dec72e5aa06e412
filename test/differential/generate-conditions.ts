import type { JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import { at, call, list, member, method, named, text, truth, whole } from './condition-words.ts';
import { CLAIM_PATHS, HEADERS, HOSTS, METHODS, PATHS, SUBJECTS, VALUES } from './words.ts';

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

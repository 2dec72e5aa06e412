import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import { generateString } from './generate-matchers.ts';
import { NAMESPACES, VALUES } from './words.ts';

/** The fields of a `header_to_metadata` filter. */
export function generateHeaderToMetadata(choose: Choose): JsonObject {
  return {
    request_rules: choose.list<Json>(1, 2, () => rule(choose, ['x-a', 'x-user', 'x-role', ':path', 'x-b64'])),
    ...choose.field<Json>(0.25, 'response_rules', () =>
      choose.list<Json>(1, 2, () => rule(choose, ['x-up', 'content-type', ':status', 'x-a', 'location'])),
    ),
  };
}

function rule(choose: Choose, headers: readonly string[]): JsonObject {
  const source = choose.chance(0.8)
    ? { header: choose.pick(headers) }
    : { cookie: choose.pick(['a', 'b', 'token']) };
  const target = {
    ...choose.field(0.6, 'metadata_namespace', () => choose.pick(NAMESPACES)),
    key: choose.pick(['payload', 'k', 'failed']),
  };
  const present = () => ({ on_header_present: { ...target, ...presentValue(choose) } });
  const missing = () => ({ on_header_missing: { ...target, value: choose.pick(['none', 'alice']) } });
  const isRemovable = 'header' in source && !source.header.startsWith(':');
  return {
    ...source,
    ...choose.weighted<JsonObject>([
      [4, present],
      [0.5, () => ({ ...present(), ...missing() })],
      [1, missing],
    ]),
    ...(isRemovable ? choose.field(0.3, 'remove', () => true) : {}),
  };
}

function presentValue(choose: Choose): JsonObject {
  return {
    ...choose.weighted<JsonObject>([
      [3, () => ({})],
      [1, () => ({ value: choose.pick(['fixed', 'alice']) })],
      [1, () => ({ regex_value_rewrite: { pattern: { regex: '^(a)(.*)$' }, substitution: '\\2\\1' } })],
    ]),
    ...choose.field(0.3, 'type', () =>
      choose.pick(['STRING', 'NUMBER', 'STRING', 'NUMBER', 'PROTOBUF_VALUE']),
    ),
    ...choose.field(0.15, 'encode', () => choose.pick(['NONE', 'BASE64', 'BASE64'])),
  };
}

/** The fields of a `set_metadata` filter. */
export function generateSetMetadata(choose: Choose): JsonObject {
  const entry = (): JsonObject => ({
    metadata_namespace: choose.pick(NAMESPACES),
    value: choose.pick([...VALUES_SET, ...MORE_VALUES]),
    ...choose.field(0.5, 'allow_overwrite', () => choose.chance(0.7)),
  });
  const typed = (): JsonObject => ({
    metadata_namespace: choose.pick(NAMESPACES),
    typed_value: { '@type': 'type.googleapis.com/google.protobuf.StringValue', value: 'typed' },
    ...choose.field(0.5, 'allow_overwrite', () => choose.chance(0.7)),
  });
  const old = (): JsonObject => ({
    metadata_namespace: choose.pick(NAMESPACES),
    value: choose.pick([...VALUES_SET, ...MORE_VALUES]),
  });
  return {
    ...(choose.chance(0.15) ? old() : {}),
    metadata: choose.list(1, 2, () => (choose.chance(0.1) ? typed() : entry())),
  };
}

const VALUES_SET: readonly JsonObject[] = [
  { payload: { sub: 'alice', groups: ['dev'] } },
  { k: 'v' },
  { p: { level: 3 }, k: null },
  {},
];
const MORE_VALUES: readonly JsonObject[] = [
  { payload: { groups: ['ops'], nested: { role: 'r1' } }, k: ['v'] },
];

/** What a route asks of metadata. */
export function generateMetadataMatch(choose: Choose, payloadKeys: readonly string[]): JsonObject {
  return {
    filter: choose.pick(NAMESPACES),
    path: [choose.pick([...payloadKeys, 'payload', 'k']), ...choose.some(0, 1, ['sub', 'role'])].map(
      (key) => ({ key }),
    ),
    value: choose.chance(0.5)
      ? { present_match: true }
      : { string_match: generateString(choose, [...VALUES, 'alice']) },
    ...choose.field(0.2, 'invert', () => true),
  };
}

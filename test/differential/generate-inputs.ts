import type { Json, JsonObject } from './case.ts';
import { CLIENTS } from './certificates.ts';
import type { Choose } from './choose.ts';
import { generateCel } from './generate-cel.ts';
import { generateString, generateValueMatcher } from './generate-matchers.ts';
import { CLAIM_PATHS, VALUES } from './words.ts';

const TYPE = 'type.googleapis.com';
const COMMON = 'envoy.extensions.matching.common_inputs';
const MATCHERS = 'envoy.extensions.matching.input_matchers';

const extension = (type: string, fields: JsonObject = {}): JsonObject => ({
  name: type,
  typed_config: { '@type': `${TYPE}/${type}`, ...fields },
});

const certificates = Object.values(CLIENTS);
const namesOf = (wanted: string) =>
  certificates.map(({ names }) =>
    names.flatMap(({ type, value }) => (type === wanted ? [String(value)] : [])).join(','),
  );

/** Inputs that are texts, each with texts that it may read. */
const TEXTS: Record<string, readonly string[]> = {
  'network.v3.SourceIPInput': ['127.0.0.1', '10.1.2.3', '2001:db8::1'],
  'network.v3.DirectSourceIPInput': ['127.0.0.1', '::1'],
  'network.v3.DestinationIPInput': ['127.0.0.1', '10.0.0.1'],
  'network.v3.ServerNameInput': ['host.test', 'a.test', 'HOST.test'],
  'network.v3.NetworkNamespaceInput': ['/run/netns/a'],
  'network.v3.FilterStateInput': ['v'],
  'ssl.v3.UriSanInput': namesOf('url'),
  'ssl.v3.DnsSanInput': namesOf('dns'),
  'ssl.v3.SubjectInput': certificates.map(({ subject }) => subject),
};
export const RANGES: readonly JsonObject[] = [
  { address_prefix: '127.0.0.0', prefix_len: 8 },
  { address_prefix: '127.0.0.1', prefix_len: 32 },
  { address_prefix: '127.0.0.1' },
  { address_prefix: '10.0.0.0', prefix_len: 8 },
  { address_prefix: '10.1.2.3', prefix_len: 24 },
  { address_prefix: '10.1.2.3', prefix_len: 99 },
  { address_prefix: '0.0.0.0', prefix_len: 0 },
  { address_prefix: '::', prefix_len: 0 },
  { address_prefix: '::ffff:10.1.2.3', prefix_len: 128 },
  { address_prefix: '2001:db8::', prefix_len: 32 },
];

/** What a tree or a predicate can look texts up by. */
export function generateTextInput(choose: Choose): [JsonObject, readonly string[]] {
  const kind = choose.pick(Object.keys(TEXTS));
  const texts = (TEXTS[kind] ?? []).filter((text) => text !== '');
  return [extension(`${COMMON}.${kind}`, kind.endsWith('FilterStateInput') ? { key: 'k' } : {}), texts];
}

/** An input that gives addresses, or the server's name. */
export function generateNameInput(choose: Choose, isAddress: boolean): [JsonObject] {
  if (!isAddress && choose.chance(0.4)) return [header(':authority')];
  const kinds = isAddress
    ? ['SourceIPInput', 'DirectSourceIPInput', 'DestinationIPInput']
    : ['ServerNameInput'];
  return [extension(`${COMMON}.network.v3.${choose.pick(kinds)}`)];
}

const header = (name: string) =>
  extension('envoy.type.matcher.v3.HttpRequestHeaderMatchInput', { header_name: name });

/** A predicate that asks for something else than a header. */
export function generateRarePredicate(choose: Choose, payloadKeys: readonly string[]): JsonObject {
  const [input, texts] = generateTextInput(choose);
  const predicate = choose.weighted<JsonObject>([
    [3, () => ({ input, value_match: withoutProgramSize(generateString(choose, texts)) })],
    [1, () => ({ input, custom_match: addresses(choose) })],
    [0.5, () => port(choose)],
    [2, () => metadata(choose, payloadKeys)],
    [2, () => expression(choose, payloadKeys)],
  ]);
  return { single_predicate: predicate };
}

/** The matcher API's own regular expressions have no such field: a file with it is refused, and a discovery file is read more leniently. */
function withoutProgramSize(matcher: JsonObject): JsonObject {
  const { safe_regex: pattern } = matcher;
  if (typeof pattern !== 'object' || pattern === null || !('google_re2' in pattern)) return matcher;
  return { safe_regex: { ...pattern, google_re2: {} } };
}

/** Another one on each side: nothing is said of it but what holds of all, or of none. */
const port = (choose: Choose): JsonObject => ({
  input: extension(`${COMMON}.network.v3.${choose.pick(['DestinationPortInput', 'SourcePortInput'])}`),
  value_match: choose.pick<JsonObject>([
    { exact: '80' },
    { exact: '0' },
    { prefix: '-' },
    { safe_regex: { google_re2: {}, regex: '[0-9]{2,5}' } },
  ]),
});

const addresses = (choose: Choose) =>
  extension(`${MATCHERS}.ip.v3.Ip`, { stat_prefix: 'ip', cidr_ranges: choose.some(1, 2, RANGES) });

function metadata(choose: Choose, payloadKeys: readonly string[]): JsonObject {
  const path = [choose.pick([...payloadKeys, 'payload']), ...choose.pick(CLAIM_PATHS)];
  const input = extension(`${COMMON}.network.v3.DynamicMetadataInput`, {
    filter: choose.pick(['envoy.filters.http.jwt_authn', 'mine']),
    path: path.map((key): Json => ({ key })),
  });
  const wanted = {
    value: generateValueMatcher(choose, [...VALUES, 'alice', 'admin', 'dev']),
    ...choose.field(0.2, 'invert', () => true),
  };
  return { input, custom_match: extension(`${MATCHERS}.metadata.v3.Metadata`, wanted) };
}

function expression(choose: Choose, payloadKeys: readonly string[]): JsonObject {
  const expr = generateCel(choose, payloadKeys, {});
  const form = choose.pick(['parsed_expr', 'cel_expr_parsed', 'checked_expr', 'cel_expr_checked']);
  return {
    input: extension('xds.type.matcher.v3.HttpAttributesCelMatchInput'),
    custom_match: extension('xds.type.matcher.v3.CelMatcher', {
      expr_match: { [form]: { expr } },
      ...choose.field(0.1, 'description', () => 'a description'),
    }),
  };
}

import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import { type FormatWords, generateFormat } from './generate-formats.ts';
import { APPEND_ACTIONS, PARAMETERS } from './words.ts';

/**
 * The fields of a `header_mutation` filter. It leaves alone what tells where a message ends and where it goes on to: there is no peer
 * that could read what Envoy then sends (row Q26).
 */
export function generateHeaderMutation(choose: Choose, words: FormatWords): JsonObject {
  return {
    mutations: generateMutations(choose, words),
    ...choose.field(0.2, 'most_specific_header_mutations_wins', () => true),
  };
}

/** `Mutations` of a filter or of a route. */
export function generateMutations(choose: Choose, words: FormatWords): JsonObject {
  return {
    ...choose.field<Json>(0.9, 'request_mutations', () =>
      choose.list(1, 3, () => requestMutation(choose, words)),
    ),
    ...choose.field<Json>(0.5, 'response_mutations', () => choose.list(1, 2, () => mutation(choose, words))),
    ...choose.field<Json>(0.2, 'query_parameter_mutations', () =>
      choose.list(1, 2, () => queryMutation(choose, words)),
    ),
  };
}

function requestMutation(choose: Choose, words: FormatWords): JsonObject {
  if (choose.chance(0.9)) return mutation(choose, words);
  return { remove_on_match: { key_matcher: choose.pick(OWN_NAMES) } };
}

/** None takes a length away (row Q26), and of a response none is taken by its form: the origin's echo would be among them. */
const OWN_NAMES: readonly JsonObject[] = [
  { exact: 'x-a' },
  { exact: 'X-Role', ignore_case: true },
  { prefix: 'x-' },
  { prefix: 'X-U', ignore_case: true },
  { suffix: '-user' },
  { contains: 'x-r' },
  { safe_regex: { regex: 'x-[ab]' } },
];

function mutation(choose: Choose, words: FormatWords): JsonObject {
  return choose.weighted<JsonObject>([
    [
      3,
      () => ({ remove: choose.pick(['x-a', 'x-user', 'authorization', 'X-Up', 'content-type', 'cookie']) }),
    ],
    [
      7,
      () => ({
        append: {
          header: {
            key: choose.pick(['x-a', 'x-user', 'accept', 'x-new', 'X-Role', 'cookie', 'origin']),
            value: choose.chance(0.3)
              ? choose.pick(['v', '%REQ(x-b)%', 'a,b'])
              : generateFormat(choose, words),
          },
          ...choose.field(0.9, 'append_action', () => choose.pick(APPEND_ACTIONS)),
          ...choose.field(0.1, 'keep_empty_value', () => true),
        },
      }),
    ],
  ]);
}

/** A query that is written anew keeps the client's escapes (row Q1). */
function queryMutation(choose: Choose, words: FormatWords): JsonObject {
  const key = choose.pick([...PARAMETERS, 'new']);
  if (choose.chance(0.35)) return { remove: key };
  const value = choose.chance(0.6) ? choose.pick(['v', '', '1']) : generateFormat(choose, words);
  const typed = choose.chance(0.9) ? value : choose.pick<Json>([1, true, null, 1.5]);
  return {
    append: {
      ...(choose.chance(0.9) ? { record: { key, value: typed } } : { entry: { key, value: base64(value) } }),
      ...choose.field(0.8, 'action', () => choose.pick(APPEND_ACTIONS)),
    },
  };
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

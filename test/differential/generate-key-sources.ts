import type { Json, JsonObject, KeyDocument } from './case.ts';
import type { Choose } from './choose.ts';
import type { KeySet } from './key-sets.ts';

/**
 * Mostly inline (a file or a variable is no part of a case); else fetched, from a document that may not be one or may be long in
 * coming.
 */
export function generateKeySource(
  choose: Choose,
  name: string,
  { text, bytes }: KeySet,
  documents: Record<string, KeyDocument>,
): JsonObject {
  if (choose.chance(0.03)) return { local_jwks: { inline_string: '' } };
  const base64 = (bytes ?? Buffer.from(text)).toString('base64');
  if (choose.chance(0.1)) return { local_jwks: { inline_bytes: base64 } };
  const isFetched = choose.chance(bytes === null ? 0.2 : 0.5);
  if (!isFetched) return { local_jwks: bytes === null ? { inline_string: text } : { inline_bytes: base64 } };
  const path = `/${choose.below(1e9)}/${name}`;
  const delay = choose.field(0.4, 'delayMs', () => choose.pick([5, 60]));
  const document = choose.weighted<KeyDocument>([
    [8, () => ({ status: 200, body: text, ...(bytes === null ? {} : { base64 }) })],
    [1, () => ({ status: 500, body: text })],
    [1, () => ({ status: 404, body: '' })],
    [1, () => ({ status: 200, body: '' })],
    [1, () => ({ status: 200, body: '{"keys":[]}' })],
    [1, () => ({ status: 200, body: '<html>' })],
  ]);
  documents[path] = { ...document, ...delay };
  const cluster = choose.chance(0.95) ? 'keys' : 'missing';
  return {
    remote_jwks: {
      http_uri: { uri: `http://keys.test${path}`, cluster, timeout: '5s' },
      ...choose.field(0.5, 'cache_duration', () => choose.pick(['300s', '600s'])),
      ...choose.field(0.3, 'async_fetch', () => generateAsyncFetch(choose)),
      ...choose.field<Json>(0.2, 'retry_policy', () => generateRetry(choose)),
    },
  };
}

/** Without failures at the start that pass by and by there is no telling a listener that waits for its keys from one that does not. */
const generateAsyncFetch = (choose: Choose): JsonObject => ({
  ...choose.field(0.3, 'fast_listener', () => choose.chance(0.8)),
  ...choose.field(0.2, 'failed_refetch_duration', () => choose.pick(['1s', '600s', '0.5s'])),
});

/**
 * Both ask again whatever `retry_on` says. How often shows at the key server alone (row Q4), and without a short
 * interval a run waits for it.
 */
const generateRetry = (choose: Choose): JsonObject => ({
  ...choose.field(0.7, 'num_retries', () => choose.pick([0, 1, 2])),
  ...choose.field(0.3, 'retry_on', () => choose.pick(['5xx', '', 'gateway-error'])),
  retry_back_off: generateBackOff(choose),
});

/** The longest interval is a try's limit too: none that a busy machine comes near. One below the shortest is refused. */
const generateBackOff = (choose: Choose): JsonObject => ({
  base_interval: choose.pick(['0.005s', '0.01s']),
  max_interval: choose.weighted([
    [30, () => '20s'],
    [10, () => '10s'],
    [1, () => '0.001s'],
  ]),
});

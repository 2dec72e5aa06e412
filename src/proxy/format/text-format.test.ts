import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatSource } from '../../../test/fixtures/format-source.ts';
import type { Progress } from './format-source.ts';
import { compileTextFormat } from './text-format.ts';

const sourceOf = (more: Partial<Progress> = {}) =>
  formatSource(more, { path: '/a?a=1%20x&b=longer', headers: [['X-A', 'abcdefg']] });

it('`%QUERY_PARAMS%` is of the path as it is, whatever a client says that it was', () => {
  const compiled = compileTextFormat('%QUERY_PARAMS%', '-');
  assert.ok('format' in compiled);
  const headers: [string, string][] = [['x-envoy-original-path', '/b?c']];
  assert.equal(compiled.format.render(formatSource({}, { path: '/a?b', headers })), 'b');
});

/** As Envoy 1.40 prints them in a log. */
const table: { given: string; want: string; more?: Partial<Progress> }[] = [
  { given: '%PROTOCOL% 100%%', want: 'HTTP/1.1 100%' },
  { given: '%RESPONSE_CODE%|%RESPONSE_CODE_DETAILS%|%RESPONSE_FLAGS%', want: '200|via_upstream|-' },
  { given: '%RESPONSE_CODE_DETAILS%', want: 'policy[\u00c3\u00a9]', more: { details: 'policy[é]' } },
  { given: '%RESPONSE_CODE%|%RESPONSE_CODE_DETAILS%', want: '0|-', more: { status: 0, details: '' } },
  {
    given: '%RESPONSE_FLAGS%|%RESPONSE_FLAGS_LONG%',
    want: 'UF,NR|UpstreamConnectionFailure,NoRouteFound',
    more: { flags: 'UF,NR' },
  },
  {
    given: '%UPSTREAM_HOST%|%UPSTREAM_HOST_NAME%|%UPSTREAM_CLUSTER%|%UPSTREAM_CLUSTER_RAW%',
    want: '[::1]:81|up.test|shown|origin',
  },
  { given: '%UPSTREAM_LOCAL_ADDRESS%|%UPSTREAM_REMOTE_PORT%', want: '127.0.0.1:5|81' },
  {
    given: '%UPSTREAM_HOST%|%UPSTREAM_CLUSTER%',
    want: '-|-',
    more: { upstream: null, observedClusterName: '' },
  },
  { given: '%DOWNSTREAM_LOCAL_ADDRESS%|%DOWNSTREAM_REMOTE_PORT%', want: '127.0.0.2:8080|1' },
  { given: '%START_TIME%|%EMIT_TIME(%3f)%', want: '2026-01-01T00:00:00.000Z|007' },
  { given: '%DURATION%|%REQUEST_DURATION%|%RESPONSE_DURATION%|%RESPONSE_TX_DURATION%', want: '7|1|5|2' },
  { given: '%REQUEST_TX_DURATION%|%BYTES_RECEIVED%|%BYTES_SENT%', want: '-|3|4' },
  { given: '%REQ(X-A?:PATH):4%|%REQ(none?:path):2%|%REQ(none)%', want: 'abcd|/a|-' },
  { given: '%RESP(x-none?x-o)%|%RESP(:status)%|%RESP(none)%', want: 'ov|200|-' },
  {
    given: '%PATH%|%PATH(NQ)%|%PATH(NQ:ORIG)%|%PATH(WQ:ORIG_OR_PATH):4%',
    want: '/a?a=1%20x&b=longer|/a|-|/a?a',
  },
  {
    given: '%QUERY_PARAM(a)%|%QUERY_PARAM(b):2%|%QUERY_PARAM(c)%|%QUERY_PARAMS%',
    want: '1 x|lo|-|a=1%20x&b=longer',
  },
  {
    given: '%METADATA(DYNAMIC:ns:s)%|%DYNAMIC_METADATA(ns:l):3%|%DYNAMIC_METADATA(ns:z)%',
    want: 'text|[1,|-',
  },
  { given: '%FILTER_STATE(a:PLAIN)%|%ENVIRONMENT(JOTGATE_NOT_SET)%|%LOCAL_REPLY_BODY%', want: '-|-|' },
  { given: '%PROTOCOL()%', want: 'HTTP/1.1' },
  { given: '%START_TIME((%Y) a)b)%|%EMIT_TIME(%Y)%', want: '(2026) a)b|2026' },
  { given: '%PATH(:)%|%PATH(NQ:)%|%PATH(NQ::x)%|%PATH(NQ:PATH:x)%', want: '/a?a=1%20x&b=longer|/a|/a|/a' },
  { given: '%REQ(?x-a)%|%REQ(x-a?)%|%REQ(?)%|%REQ(x%a?x-a)%', want: 'abcdefg|abcdefg|-|abcdefg' },
  { given: '%REQ(x-a):18446744073709551615%', want: 'abcdefg' },
  { given: '%FILTER_STATE(k:)%|%FILTER_STATE(k::)%|%FILTER_STATE(k:FIELD:x:y)%', want: '-|-|-' },
  { given: '%DYNAMIC_METADATA(["ns","s"])%|%DYNAMIC_METADATA(ns:a)b)%', want: '-|-' },
  { given: '%ENVIRONMENT(JOTGATE_NOT_SET):0%|%REQ(none):0%', want: '-|-' },
];

const refused: { given: string; want: RegExp; envoy: 'accepts' | 'refuses'; at?: number }[] = [
  { given: 'a %', want: /couldn't find valid command/, envoy: 'refuses', at: 2 },
  { given: '%BOGUS%', want: /not supported field in StreamInfo: BOGUS/, envoy: 'refuses' },
  { given: '%REQ%', want: /requires parameters/, envoy: 'refuses' },
  { given: '%REQ()%', want: /requires parameters/, envoy: 'refuses' },
  { given: '%REQ(a?b?c)%', want: /more than 1 alternative/, envoy: 'refuses' },
  { given: '%PROTOCOL(x)%', want: /does not take any parameters/, envoy: 'refuses' },
  { given: '%RESPONSE_CODE:2%', want: /does not take any parameters/, envoy: 'refuses' },
  { given: '%PATH(X)%', want: /invalid PATH option/, envoy: 'refuses' },
  { given: 'ab%CEL(request.path)%', want: /`CEL` is not supported/, envoy: 'accepts', at: 2 },
  { given: '%METADATA(CLUSTER:a:b)%', want: /`CLUSTER`/, envoy: 'accepts' },
  ...['HOSTNAME(x)', 'HOSTNAME:2', 'RESPONSE_CODE_DETAILS:2', 'REQUESTED_SERVER_NAME(HOST_FIRST:BAD)'].map(
    (one) => ({ given: `%${one}%`, want: /does not take any parameters/, envoy: 'refuses' as const }),
  ),
  ...['START_TIME(%Y):2', 'START_TIME:2', 'EMIT_TIME(%Y):0'].map((one) => ({
    given: `%${one}%`,
    want: /does not allow length/,
    envoy: 'refuses' as const,
  })),
  ...['x a', ' x', 'x(a', 'a:', ':', 'x-a?x"b', 'é'].flatMap((name) =>
    ['REQ', 'RESP'].map((one) => ({
      given: `%${one}(${name})%`,
      want: /invalid characters/,
      envoy: 'refuses' as const,
    })),
  ),
  ...['k:plain', 'k: PLAIN', 'k:FIELD', 'k:FIELD:', 'k:PLAIN:x', 'k::x', ':PLAIN'].map((state) => ({
    given: `%FILTER_STATE(${state})%`,
    want: /PLAIN\/TYPED\/FIELD|name of a field|key cannot be empty/,
    envoy: 'refuses' as const,
  })),
  { given: '%REQ(x-a):18446744073709551616%', want: /couldn't find valid command/, envoy: 'refuses' },
  { given: '%START_TIME(a\nb)%', want: /couldn't find valid command/, envoy: 'refuses' },
  { given: '%PER_REQUEST_STATE(k)%', want: /not supported field/, envoy: 'refuses' },
  ...[
    'RESPONSE_CODE_DETAILS(ALLOW_WHITESPACES)',
    'REQUESTED_SERVER_NAME(HOST_FIRST:ORIG)',
    'DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(MASK_PREFIX_LEN:8)',
    'UPSTREAM_PEER_URI_SAN',
  ].map((one) => ({ given: `%${one}%`, want: /is not supported/, envoy: 'accepts' as const })),
  { given: '%START_TIME(%Q)%', want: /`%Q`/, envoy: 'accepts' },
];

describe('a format', () => {
  for (const { given, want, more } of table) {
    it(`${given} is ${want}`, () => {
      const compiled = compileTextFormat(given, '-');
      assert.ok('format' in compiled);
      assert.equal(compiled.format.render(sourceOf(more)), want);
    });
  }

  it('takes an original path that is empty for none', () => {
    const compiled = compileTextFormat('%PATH(NQ)%|%PATH(WQ:ORIG)%', '-');
    assert.ok('format' in compiled);
    const source = sourceOf({});
    source.request.headers.set('x-envoy-original-path', '');
    assert.equal(compiled.format.render(source), '/a|-');
  });

  it('leaves out what is absent where nothing stands for it', () => {
    const compiled = compileTextFormat('<%REQ(none)%%RESPONSE_CODE_DETAILS%>', '');
    assert.ok('format' in compiled);
    assert.equal(compiled.format.render(sourceOf({ details: '' })), '<>');
  });

  for (const { given, want, envoy, at = 0 } of refused) {
    it(`${given} is refused, Envoy ${envoy} it`, () => {
      const compiled = compileTextFormat(given, '-');
      assert.ok('refusal' in compiled);
      assert.match(compiled.refusal.error, want);
      assert.deepEqual([compiled.refusal.envoy, compiled.refusal.at], [envoy, at]);
    });
  }
});

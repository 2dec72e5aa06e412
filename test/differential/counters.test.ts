import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareCounters } from './counters.ts';

const COUNTED = [
  'http.d1-2.jwt_authn.denied',
  'http.d1-2.rbac.r_.denied',
  'http.d1-2.ext_authz.denied',
  'http.d1-2.cors.origin_valid',
  'http.d1-2.no_route',
  'http.d1-2.rq_direct_response',
  'd1-2.guard0.rbac.denied',
  'd1-2.limit.http_local_rate_limit.rate_limited',
];

describe('the differential harness finds a counter that is not alike', () => {
  for (const name of COUNTED) {
    it(name, () => {
      const found = (envoy: number, jotgate: [string, number][]) =>
        compareCounters('d1-2', new Map([[name, envoy]]), new Map(jotgate)).length;
      assert.deepEqual(
        [found(1, []), found(1, [[name, 2]]), found(1, [[name, 1]]), found(0, [])],
        [1, 1, 0, 0],
      );
    });
  }

  it('but for those of other cases and of fetches', () => {
    const others = ['http.d1-22.rbac.denied', 'http.d1-2.jwt_authn.jwks_fetch_success'];
    assert.deepEqual(compareCounters('d1-2', new Map(others.map((name) => [name, 1])), new Map()), []);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareEntries } from './access-log.ts';
import type { Json } from './case.ts';

const logged = (metadata: Record<string, Json>) => ({ status: 200, details: 'via_upstream', metadata });
const found = (envoy: Record<string, Json>, jotgate: Record<string, Json>) =>
  compareEntries(logged(envoy), logged(jotgate), true).length;

describe('the differential harness compares what a request left behind', () => {
  for (const namespace of [
    'envoy.filters.http.jwt_authn',
    'envoy.filters.http.rbac',
    'envoy.filters.http.ext_authz',
    'envoy.filters.http.header_to_metadata',
    'mine',
  ]) {
    it(`under ${namespace}`, () => {
      assert.equal(found({ [namespace]: { k: 1 } }, {}), 1);
      assert.equal(found({ [namespace]: { k: 1, l: 2 } }, { [namespace]: { l: 2, k: 1 } }), 0);
    });
  }

  it('but for how long an authorizer took', () => {
    const took = (ms: number) => ({ 'envoy.filters.http.ext_authz': { k: 1, ext_authz_duration: ms } });
    assert.equal(found(took(0), took(3)), 0);
    assert.equal(found(took(0), { 'envoy.filters.http.ext_authz': { k: 1 } }), 1);
  });
});

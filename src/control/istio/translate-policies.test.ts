import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import type { RBAC } from '#schema/envoy/config/rbac/v3/rbac_pb.js';
import { RBACSchema } from '#schema/envoy/extensions/filters/http/rbac/v3/rbac_pb.js';
import type { HttpFilter } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { MeshConfigSchema } from '#schema/istio/mesh_pb.js';
import type { AuthorizationPolicy } from '#schema/istio/security_pb.js';
import { Findings, Provenance, unpackAny } from '../../resources/index.ts';
import { istiodJwks } from './authn/istiod-jwks.ts';
import { readDocuments } from './documents.ts';
import { Lineage } from './lineage.ts';
import { Services } from './services.ts';
import { type IstioObjects, PolicyTranslator } from './translate-policies.ts';
import { DEFAULT_FEATURES, type Workload } from './workload.ts';

const provenance = new Provenance();

const policy = (name: string, namespace: string, path: string) => `---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  rules: [{ to: [{ operation: { paths: ["${path}"] } }] }]
`;

function read(text: string): IstioObjects {
  return readDocuments([{ name: 'p.yaml', text }], { findings: new Findings(provenance), provenance })
    .objects;
}

const one: Workload = { namespace: 'a', labels: {}, kind: 'gateway' };
const other: Workload = { namespace: 'b', labels: {}, kind: 'gateway' };

function translatorOf(objects: IstioObjects): PolicyTranslator {
  return new PolicyTranslator(objects, {
    mesh: create(MeshConfigSchema),
    features: DEFAULT_FEATURES,
    jwks: istiodJwks({ mode: 'istiod', services: new Services([]), fetch: () => null }),
    lineage: new Lineage(provenance),
    onProblem: () => undefined,
  });
}

function rulesOf(filters: readonly HttpFilter[]): RBAC['policies'] {
  const config = filters[0]?.configType;
  assert.ok(config?.case === 'typedConfig');
  return unpackAny(RBACSchema, config.value).rules?.policies ?? {};
}

describe('a change of one policy rebuilds only what it touches', () => {
  const before = read(policy('p', 'a', '/p') + policy('q', 'a', '/q') + policy('r', 'b', '/r'));
  const changed = read(policy('p', 'a', '/new')).authorizationPolicies[0] as AuthorizationPolicy;
  const after = { ...before, authorizationPolicies: before.authorizationPolicies.with(0, changed) };
  const translator = translatorOf(before);
  const [oneBefore, otherBefore] = [translator.translate(one), translator.translate(other)];
  translator.update(after);
  const [oneAfter, otherAfter] = [translator.translate(one), translator.translate(other)];

  it('a workload that it is not for gets the very same filter', () => {
    assert.equal(otherAfter.http[0], otherBefore.http[0]);
    assert.equal(otherAfter.network[0], otherBefore.network[0]);
  });
  it('a workload that it is for gets another filter, with the other policies as they were', () => {
    assert.notEqual(oneAfter.http[0], oneBefore.http[0]);
    const [old, now] = [rulesOf(oneBefore.http), rulesOf(oneAfter.http)];
    assert.equal(now['ns[a]-policy[q]-rule[0]'], old['ns[a]-policy[q]-rule[0]']);
    assert.notEqual(now['ns[a]-policy[p]-rule[0]'], old['ns[a]-policy[p]-rule[0]']);
  });
  it('the result is that of a translation from scratch', () => {
    assert.deepEqual(oneAfter, translatorOf(after).translate(one));
  });
  it('what no translation has used for a whole round is made anew', () => {
    translator.update(after);
    translator.translate(one);
    translator.update(after);
    assert.notEqual(translator.translate(other).http[0], otherBefore.http[0]);
  });
});

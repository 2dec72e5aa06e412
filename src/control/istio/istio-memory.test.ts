import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { MeshConfigSchema } from '#schema/istio/mesh_pb.js';
import { ejectBootstrap } from './eject-bootstrap.ts';
import { IstioMemory } from './istio-memory.ts';
import { loadIstio } from './load-istio.ts';

const policy = (name: string, path: string, action = 'ALLOW') => ({
  name: `${name}.yaml`,
  text: `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: ${name}, namespace: foo }
spec:
  action: ${action}
  rules: [{ from: [{ source: { principals: ["cluster.local/ns/foo/sa/a"] } }], to: [{ operation: { paths: [${path}] } }] }]
`,
});
const upstream = 'http://127.0.0.1:9000';

describe('what is known of an earlier reading', () => {
  it('is not read again, and the whole is what it would be without', () => {
    const memory = new IstioMemory();
    const first = [policy('a', '/a'), policy('b', '/b'), policy('c', '/c', 'DENY')];
    loadIstio(first, { upstream, memory });
    const known = new Map(memory.sources);
    const second = [policy('a', '/a'), policy('b', '/changed'), policy('c', '/c', 'DENY')];
    const again = loadIstio(second, { upstream, memory });
    assert.ok(again.snapshot);
    assert.equal(
      ejectBootstrap(again.snapshot),
      ejectBootstrap(loadIstio(second, { upstream }).snapshot ?? assert.fail()),
    );
    for (const name of ['a.yaml', 'c.yaml']) assert.equal(memory.sources.get(name), known.get(name));
    assert.notEqual(memory.sources.get('b.yaml'), known.get('b.yaml'));
  });
  it('keeps its findings and its places', () => {
    const memory = new IstioMemory();
    const broken = { name: 'x.yaml', text: policy('x', '/x').text.replace('paths', 'pahts') };
    const said = () => loadIstio([policy('a', '/a'), broken], { upstream, memory }).findings.list;
    const first = said();
    assert.ok(first.length > 0);
    assert.deepEqual(said(), first);
  });
  it('is forgotten with its file', () => {
    const memory = new IstioMemory();
    loadIstio([policy('a', '/a'), policy('b', '/b')], { upstream, memory });
    const { snapshot } = loadIstio([policy('a', '/a')], { upstream, memory });
    assert.deepEqual([...memory.sources.keys()], ['a.yaml']);
    assert.doesNotMatch(ejectBootstrap(snapshot ?? assert.fail()), /policy\[b\]/);
  });
  it('does not outlive the mesh configuration that it was translated under', () => {
    const memory = new IstioMemory();
    const under = (trustDomain: string) => {
      const mesh = create(MeshConfigSchema, { trustDomain });
      const { snapshot } = loadIstio([policy('a', '/a')], { upstream, memory, mesh });
      return ejectBootstrap(snapshot ?? assert.fail());
    };
    assert.match(under('one.test'), /spiffe:\/\/one\.test\/ns\/foo/);
    const two = under('two.test');
    assert.match(two, /spiffe:\/\/two\.test\/ns\/foo/);
    assert.doesNotMatch(two, /one\.test/);
  });
});

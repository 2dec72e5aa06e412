import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { type CliIo, UserError } from '../io.ts';
import { loadSources, readSources, type SourceOptions } from './run-sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'sources-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const GATEWAY = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: gw, namespace: edge }
spec:
  selector: { app: gate }
  servers: [{ port: { number: 8080, name: http, protocol: HTTP }, hosts: ["*"] }]
`;
const ROUTES = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: vs, namespace: shop }
spec:
  hosts: ["*"]
  gateways: [edge/gw]
  http: [{ route: [{ destination: { host: reviews, port: { number: 80 } } }] }]
---
apiVersion: v1
kind: Service
metadata: { name: reviews, namespace: shop }
`;
const CLUSTERS = `static_resources:
  clusters:
  - name: outbound|80||reviews.shop.svc.cluster.local
    type: STATIC
    load_assignment: { cluster_name: c, endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: 10.0.0.1, port_value: 9 } } } }] }] }
`;

mkdirSync(join(folder, 'mixed/deeper'), { recursive: true });
mkdirSync(join(folder, 'empty'));
writeFileSync(join(folder, 'mixed/b.yaml'), GATEWAY);
writeFileSync(join(folder, 'mixed/deeper/a.yml'), ROUTES);
writeFileSync(join(folder, 'mixed/envoy.yaml'), CLUSTERS);
writeFileSync(join(folder, 'mixed/README.md'), 'no configuration');
writeFileSync(join(folder, 'mixed/.hidden.yaml'), 'nor: this');
writeFileSync(join(folder, 'mixed/values.yaml'), 'replicaCount: 1\n');
writeFileSync(join(folder, 'mixed/package.json'), '{"name": "x"}');

function collect(): { io: CliIo; said: () => string } {
  let err = '';
  const io: CliIo = {
    out: () => undefined,
    err: (text) => {
      err += text;
    },
    readStdin: async () => GATEWAY,
    color: false,
    exitCode: 0,
  };
  return { io, said: () => err };
}

const options = (more: Partial<SourceOptions> = {}): SourceOptions => ({
  strict: false,
  upstream: undefined,
  listen: undefined,
  ...more,
});

describe('the files of a command line', () => {
  it('of a folder are its YAML and JSON, by name', async () => {
    const sources = await readSources([join(folder, 'mixed'), '-'], collect().io);
    assert.deepEqual(
      sources.map(({ name }) => name.replace(`${folder}/`, '')),
      ['mixed/b.yaml', 'mixed/deeper/a.yml', 'mixed/envoy.yaml', '<stdin>'],
    );
  });
  it('of a folder that are for nobody are passed over by name, and are not where they are named', async () => {
    const { io, said } = collect();
    const names = (sources: readonly { name: string }[]) => sources.map(({ name }) => basename(name));
    assert.ok(!names(await readSources([join(folder, 'mixed')], io)).includes('values.yaml'));
    assert.match(said(), /package\.json: neither for Istio nor for Envoy[\s\S]+values\.yaml: neither/);
    assert.deepEqual(names(await readSources([join(folder, 'mixed/values.yaml')], io)), ['values.yaml']);
  });
  it('a folder without any is wrong use', async () => {
    await assert.rejects(readSources([join(folder, 'empty')], collect().io), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /has no YAML and no JSON/);
      return true;
    });
  });
  it('manifests are one set, Envoy’s clusters win, other kinds are passed over by name', async () => {
    const { io, said } = collect();
    const sources = await readSources([join(folder, 'mixed')], io);
    const { snapshot } = await loadSources(sources, options(), io);
    assert.deepEqual(
      snapshot?.listeners.map(({ name }) => name),
      ['0.0.0.0_8080'],
    );
    assert.equal(snapshot?.clusters.length, 1);
    assert.equal(snapshot?.clusters[0]?.loadAssignment?.clusterName, 'c');
    assert.match(said(), /a\.yml:9: Service `reviews` has no part in this and is passed over/);
  });
  it('a flag of another shape is wrong use', async () => {
    const sources = [{ name: 'gateway.yaml', text: GATEWAY }];
    const wrong = [{ upstream: 'ftp://x' }, { upstream: 'http://x/path' }, { workload: 'shop/app' }];
    for (const flags of wrong) {
      await assert.rejects(loadSources(sources, options(flags), collect().io), (error) => {
        assert.ok(error instanceof UserError && error.exitCode === 2);
        assert.match(error.message, /is not of the shape --(?:upstream|workload)/);
        return true;
      });
    }
  });
  it('flags for manifests are wrong use without any', async () => {
    const sources = [{ name: 'envoy.yaml', text: CLUSTERS }];
    for (const flag of ['upstream', 'workload', 'gateway', 'mesh'] as const) {
      await assert.rejects(loadSources(sources, options({ [flag]: 'x' }), collect().io), {
        message: new RegExp(`^--${flag} is for Istio manifests`),
      });
    }
  });
});

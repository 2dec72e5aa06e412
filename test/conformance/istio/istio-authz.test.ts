import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { conformanceFolder } from '../conformance-data.ts';
import { answerOf, type Setting } from './policy-set.ts';

/** The proxy of istiod's own tests. */
const WORKLOAD = { namespace: 'foo', labels: { app: 'httpbin', version: 'v1' } };

/** The mesh that istiod's test table gives with some inputs. */
const MESHES: Readonly<Record<string, Setting['mesh']>> = {
  'simple-policy-td-aliases': { trustDomain: 'td1', trustDomainAliases: ['cluster.local'] },
  'custom-simple-http': {
    extensionProviders: [
      {
        name: 'default',
        envoyExtAuthzHttp: {
          service: 'foo/my-custom-ext-authz.foo.svc.cluster.local',
          port: 9000,
          timeout: '10s',
          failOpen: true,
          statusOnError: '403',
          pathPrefix: '/check',
          includeRequestHeadersInCheck: ['x-custom-id', 'x-prefix-*', '*-suffix'],
          includeAdditionalHeadersInCheck: { 'x-header-1': 'value-1', 'x-header-2': 'value-2' },
          includeRequestBodyInCheck: { maxRequestBytes: 2048, allowPartialMessage: true, packAsBytes: true },
          headersToUpstreamOnAllow: ['Authorization', 'x-prefix-*', '*-suffix'],
          headersToDownstreamOnDeny: ['Set-cookie', 'x-prefix-*', '*-suffix'],
          headersToDownstreamOnAllow: ['Set-cookie', 'x-prefix-*', '*-suffix'],
        },
      },
    ],
  },
};

const AUTHORIZER = `
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: authz, namespace: foo }
spec: { hosts: [my-custom-ext-authz.foo.svc.cluster.local] }
`;

/** Outputs whose name does not follow from the input's. */
const OUTPUTS: Readonly<Record<string, string>> = { 'custom-simple-http': 'custom-http-provider' };

const folder = conformanceFolder('istio/authz');

if (folder !== null) {
  for (const chain of ['http', 'tcp'] as const) {
    const files = readdirSync(join(folder, chain)).sort();
    const names = files
      .filter((file) => file.endsWith('-in.yaml'))
      .map((file) => file.slice(0, -'-in.yaml'.length));
    describe(`istiod's goldens for ${chain === 'http' ? 'HTTP' : 'TCP'}, ${names.length} of ${names.length}`, () => {
      it('are at hand', () => assert.ok(names.length > 0));
      for (const name of names) {
        it(`${name} becomes the same filters`, () => {
          const text = readFileSync(join(folder, chain, `${name}-in.yaml`), 'utf8');
          const mesh = MESHES[name];
          const answer = answerOf(`${name}.yaml`, text + AUTHORIZER, {
            workload: WORKLOAD,
            ...(mesh === undefined ? {} : { mesh }),
          });
          const made = (answer.translate as Record<string, unknown>)[chain === 'http' ? 'http' : 'network'];
          const prefix = `${OUTPUTS[name] ?? name}-out`;
          const want = files
            .filter((file) => file.startsWith(prefix))
            .flatMap((file) =>
              parseAllDocuments(readFileSync(join(folder, chain, file), 'utf8')).map((document) =>
                document.toJS(),
              ),
            );
          assert.ok(want.length > 0);
          assert.deepEqual(made, want);
        });
      }
    });
  }
}

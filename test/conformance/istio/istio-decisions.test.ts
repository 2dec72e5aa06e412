import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../src/base/index.ts';
import { loadIstio } from '../../../src/control/istio/index.ts';
import {
  buildRequestHead,
  type CompiledSnapshot,
  compileSnapshot,
  rehearse,
  type Verdict,
} from '../../../src/proxy/rehearsal/index.ts';
import { conformanceFolder } from '../conformance-data.ts';
import { type DecisionCase, decisionGroups } from './decision-groups.ts';

const CLOCK = new ManualClock(Date.parse('2026-01-01T00:00:00Z'));

const CONNECTION = {
  remoteAddress: '127.0.0.1',
  remotePort: 50_000,
  localAddress: '127.0.0.1',
  localPort: 8080,
  serverName: '',
  tls: false,
};

function compile(manifests: string): CompiledSnapshot {
  const { snapshot, findings } = loadIstio([{ name: 'istio.yaml', text: manifests }], {
    upstream: 'http://127.0.0.1:9000',
  });
  assert.ok(snapshot);
  const compiled = compileSnapshot(snapshot, { findings, clock: CLOCK, jwks: null });
  assert.deepEqual(
    findings.list.filter(({ severity }) => severity === 'error'),
    [],
  );
  return compiled;
}

function play(
  compiled: CompiledSnapshot,
  { method = 'GET', host = 'a.test', path, headers = {} }: DecisionCase,
): Promise<Verdict> {
  const request = buildRequestHead({
    method,
    scheme: 'http',
    authority: host,
    path,
    headers: Object.entries(headers),
  });
  return rehearse(compiled, { request, connection: CONNECTION }, CLOCK, null);
}

const folder = conformanceFolder('istio/jwt');

if (folder !== null) {
  for (const { name, manifests, cases } of decisionGroups(folder)) {
    describe(`decisions on Istio manifests: ${name}`, () => {
      const compiled = compile(manifests);
      for (const row of cases) {
        it(row.name, async () => {
          const { status, body, forwarded } = await play(compiled, row);
          assert.equal(status ?? 200, row.want.status, body);
          if (row.want.body !== undefined) assert.equal(body, row.want.body);
          assert.equal(forwarded !== null, row.want.status === 200);
          if (row.want.path !== undefined) assert.equal(forwarded?.path, row.want.path);
          for (const [header, value] of Object.entries(row.want.forwarded ?? {})) {
            assert.equal(forwarded?.headers.get(header) ?? null, value, header);
          }
        });
      }
    });
  }
}

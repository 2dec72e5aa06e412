import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock, type Recorder, type Step, TreeRecorder } from '../../../src/base/index.ts';
import { loadIstio } from '../../../src/control/istio/index.ts';
import {
  buildRequestHead,
  type CompiledSnapshot,
  compileSnapshot,
  rehearse,
  type Verdict,
} from '../../../src/proxy/rehearsal/index.ts';
import type { Provenance } from '../../../src/resources/index.ts';
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

interface Compiled {
  snapshot: CompiledSnapshot;
  provenance: Provenance;
}

function compile(manifests: string): Compiled {
  const { snapshot, findings, provenance } = loadIstio([{ name: 'istio.yaml', text: manifests }], {
    upstream: 'http://127.0.0.1:9000',
  });
  assert.ok(snapshot);
  const compiled = compileSnapshot(snapshot, { findings, clock: CLOCK, jwks: null });
  assert.deepEqual(
    findings.list.filter(({ severity }) => severity === 'error'),
    [],
  );
  return { snapshot: compiled, provenance };
}

function play(
  { snapshot }: Compiled,
  { method = 'GET', host = 'a.test', path, headers = {} }: DecisionCase,
  recorder: Recorder | null,
): Promise<Verdict> {
  const request = buildRequestHead({
    method,
    scheme: 'http',
    authority: host,
    path,
    headers: Object.entries(headers),
  });
  return rehearse(snapshot, { request, connection: CONNECTION }, CLOCK, recorder);
}

function joined(head: Verdict['forwarded'], name: string): string | null {
  const values = head?.headers.values.filter((_, index) => head.headers.names[index] === name);
  return values === undefined || values.length === 0 ? null : values.join(',');
}

/** Every step that ended the request, outermost first: a filter that refused it, else the routes that were asked last. */
function refusals(root: Step): Step[] {
  const denying = stepsOf(root).filter(({ verdict, kind }) => verdict === 'deny' && kind !== 'listener');
  return denying.length > 0
    ? denying
    : stepsOf(root).filter(({ kind }) => /^(?:virtual host|route)$/.test(kind));
}

function stepsOf(step: Step): Step[] {
  return [step, ...step.steps.flatMap(stepsOf)];
}

const folder = conformanceFolder('istio/jwt');

if (folder !== null) {
  for (const { name, manifests, cases } of decisionGroups(folder)) {
    describe(`decisions on Istio manifests: ${name}`, () => {
      const compiled = compile(manifests);
      for (const row of cases) {
        it(row.name, async () => {
          const { status, body, headers, forwarded } = await play(compiled, row, null);
          assert.equal(status ?? 200, row.want.status, body);
          if (row.want.body !== undefined) assert.equal(body, row.want.body);
          for (const [name, value] of Object.entries(row.want.reply ?? {})) {
            assert.equal(headers.find(([one]) => one === name)?.[1], value);
          }
          assert.equal(forwarded !== null, row.want.status === 200 && row.want.isOwn !== true);
          if (row.want.path !== undefined) assert.equal(forwarded?.path, row.want.path);
          for (const [header, value] of Object.entries(row.want.forwarded ?? {})) {
            assert.equal(joined(forwarded, header), value, header);
          }
        });
      }
      for (const row of cases.filter(({ want }) => want.status !== 200)) {
        it(`${row.name}: the refusal names a line of the manifest`, async () => {
          const recorder = new TreeRecorder();
          await play(compiled, row, recorder);
          const places = refusals(recorder.root).flatMap(
            ({ origin }) => (origin === undefined ? undefined : compiled.provenance.find(origin)) ?? [],
          );
          assert.ok(places.some(({ file, line }) => file === 'istio.yaml' && line > 1));
        });
      }
    });
  }
}

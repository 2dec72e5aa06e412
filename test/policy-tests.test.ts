import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { coverageOf, gapOf } from '../src/cli/policy-test/coverage.ts';
import { mutate } from '../src/cli/policy-test/mutation.ts';
import { readPolicyTest } from '../src/cli/policy-test/read-policy-test.ts';
import { TestBench } from '../src/cli/policy-test/run-policy-test.ts';
import { loadConfig, looksLikeManifests } from '../src/control/config/index.ts';
import { loadIstio } from '../src/control/istio/index.ts';
import { runCli } from './fixtures/collecting-io.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';

const folder = join(import.meta.dirname, '..', 'examples', '04-policy-tests');
const fileOf = (name: string) => join(folder, `${name}.test.yaml`);
const EXAMPLES = ['front-proxy', 'weather', 'trains', '../05-rate-limit-per-user/rate-limit'];

function benchOf(name: string): TestBench {
  const file = fileOf(name);
  const { test, problems } = readPolicyTest({ name: file, text: readFileSync(file, 'utf8') });
  assert.deepEqual(problems, []);
  assert.ok(test);
  const sources = test.configs.map((config) => ({ name: config, text: readFileSync(config, 'utf8') }));
  const { snapshot, provenance } = sources.some(looksLikeManifests)
    ? loadIstio(sources, { upstream: 'http://127.0.0.1:80' })
    : loadConfig(sources);
  assert.ok(snapshot);
  return new TestBench(test, { snapshot, provenance, sources });
}

/** A missing token's requirement verifies those of every provider, and the only provider's tokens have its issuer. */
const WITHOUT_EFFECT: Readonly<Record<string, readonly string[]>> = {
  weather: [
    'without requirements[0] of jwt rule[0]',
    'without metadata payload.iss, 0 of principals[0] of policy "ns[weather]-policy[weather-readers]-rule[0]"',
  ],
};

it('no example of policy tests is left out', () => {
  const files = globSync('../*/*.test.yaml', { cwd: folder }).map((file) => join(folder, file));
  assert.deepEqual(files.sort(), EXAMPLES.map(fileOf).sort());
});

for (const name of EXAMPLES) {
  describe(`examples/04-policy-tests/${name}.test.yaml`, () => {
    it('passes, and reaches every route, rule, provider and policy', async () => {
      const bench = benchOf(name);
      const { compiled, errors } = await bench.compile();
      assert.deepEqual(errors, []);
      const results = await bench.play(compiled);
      assert.deepEqual(
        results.filter(({ mismatches }) => mismatches.length > 0).map(({ policyCase }) => policyCase.name),
        [],
      );
      const { parts } = coverageOf(
        bench.subject.snapshot,
        results.map(({ root }) => root),
      );
      assert.deepEqual(parts.map(gapOf).filter(Boolean), []);
    });
    it('fails when any one rule or policy of the configuration is deleted, and any part that decides', async () => {
      const { killed, survivors } = await mutate(benchOf(name));
      assert.ok(killed > 0);
      assert.deepEqual(
        survivors.map(({ text, removesRule }) => (removesRule ? `rule: ${text}` : text)),
        WITHOUT_EFFECT[name] ?? [],
      );
    });
  });
}

describe('jotgate test', () => {
  const { path: scratch } = temporaryFolder();
  /** The trains' tests with one expectation that does not hold. */
  function spoiled(): string {
    const file = join(scratch, 'spoiled.test.yaml');
    const text = readFileSync(fileOf('trains'), 'utf8')
      .replace('config: ../03-trains/envoy-trains.yaml', 'config: envoy-trains.yaml')
      .replace('GET /ship            401   403', 'GET /ship            401   200');
    writeFileSync(file, text);
    writeFileSync(
      join(scratch, 'envoy-trains.yaml'),
      readFileSync(join(folder, '..', '03-trains', 'envoy-trains.yaml')),
    );
    return file;
  }

  it('exits 0 where everything is as expected', async () => {
    const run = await runCli(['test', fileOf('trains'), fileOf('weather')]);
    assert.equal(run.exitCode, 0);
    assert.match(run.out, /76 passed, 0 failed/);
  });
  it('exits 4 and shows the cell, the mismatch and the decision, and no token', async () => {
    const run = await runCli(['test', spoiled()]);
    assert.equal(run.exitCode, 4);
    assert.match(run.out, /FAIL GET \/ship as a {3}.*spoiled\.test\.yaml:19:30/);
    assert.match(run.out, /wanted 200, got 403 RBAC: access denied/);
    assert.match(run.out, /DENY rbac: 403 RBAC: access denied +.*envoy-trains\.yaml:47/);
    assert.doesNotMatch(run.out, /eyJ/);
  });
  it('speaks TAP, JUnit and JSON', async () => {
    const file = spoiled();
    const [tap, junit, json] = await Promise.all(
      ['tap', 'junit', 'json'].map((name) => runCli(['test', '--reporter', name, file])),
    );
    assert.match(tap?.out ?? '', /^1\.\.34$/m);
    assert.match(tap?.out ?? '', /^not ok 26 - GET \/ship as a$/m);
    assert.match(junit?.out ?? '', /<testsuite name="[^"]+" tests="34" failures="1">/);
    assert.match(junit?.out ?? '', /<failure message="wanted 200, got 403 RBAC: access denied">/);
    const report = JSON.parse(json?.out ?? '{}');
    assert.deepEqual([report.passed, report.failed], [33, 1]);
    assert.equal(report.files[0].cases.filter(({ ok }: { ok: boolean }) => !ok).length, 1);
  });
  it('names what no case reaches and what can be removed unnoticed', async () => {
    const file = join(scratch, 'thin.test.yaml');
    spoiled();
    writeFileSync(file, 'config: envoy-trains.yaml\ntable: |\n             none\n  GET /ship  401\n');
    const run = await runCli(['test', '--coverage', '--mutation', '--strict', file]);
    assert.equal(run.exitCode, 4);
    assert.match(run.out, /policy "a-train-riders": no case gets here +.*envoy-trains\.yaml:52/);
    assert.match(run.out, /no case fails without policy "b-train-riders" +.*envoy-trains\.yaml:60/);
    assert.match(run.err, /no issuer of this file signs for provider `funnel`/);
  });
  it('exits 3 where a file is wrong, and 2 where a reporter is not there', async () => {
    const file = join(scratch, 'wrong.test.yaml');
    writeFileSync(file, 'config: envoy-trains.yaml\ntabel: x\n');
    const run = await runCli(['test', file]);
    assert.equal(run.exitCode, 3);
    assert.match(run.err, /wrong\.test\.yaml:2:1: a policy test has no `tabel`/);
    assert.equal((await runCli(['test', '--reporter', 'x', file])).exitCode, 2);
    assert.equal((await runCli(['test', '--json', '--reporter', 'tap', file])).exitCode, 2);
  });
  it('exits 2 for --strict where nothing was asked that it could be about', async () => {
    const run = await runCli(['test', '--strict', fileOf('trains')]);
    assert.equal(run.exitCode, 2);
    assert.match(run.err, /--strict is about what --coverage and --mutation find: add one/);
  });
  it('says once that a text is no mapping', async () => {
    const file = join(scratch, 'list.test.yaml');
    writeFileSync(file, '[]\n');
    assert.match(
      (await runCli(['test', file])).err,
      /^\S+list\.test\.yaml:1:1: a policy test is a mapping\n$/,
    );
  });
  it('takes what is tested with --config for checks of routes, even where it is not yet one', async () => {
    const [routes, file] = [join(scratch, 'routes.yaml'), join(scratch, 'checks.yaml')];
    writeFileSync(routes, 'virtual_hosts: []\n');
    for (const [text, want] of [
      ['tests: []', /there is no test/],
      ['tests: 5', /`tests` is a list/],
      ['tests: [{input: {}}]', /a test needs `input` and `validate`/],
    ] as const) {
      writeFileSync(file, text);
      const { err, exitCode } = await runCli(['test', '--config', routes, file]);
      assert.equal(exitCode, 3);
      assert.match(err, want);
      assert.doesNotMatch(err, /policy test/);
    }
  });
});

describe('alternatives of a policy', () => {
  const { path: scratch } = temporaryFolder();
  const policies = `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: jwt, namespace: shop }
spec: { jwtRules: [ { issuer: "https://kc.test", jwksUri: "https://kc.test/certs", audiences: [shop, till] } ] }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: readers, namespace: shop }
spec:
  rules:
    - from: [ { source: { requestPrincipals: ["https://kc.test/alice", "https://kc.test/bob"] } } ]
      to:
        - operation: { paths: ["/a", "/b"], notPaths: ["/x", "/y"] }
        - operation: { paths: ["/c"] }
`;
  const tests = `config: alternatives.yaml
issuers: { kc: https://kc.test }
tokens:
  alice: { issuer: kc, sub: alice, aud: shop }
  eve: { issuer: kc, sub: eve, aud: shop }
  old: { like: alice, expires: -1h }
cases:
  - { request: GET /a as alice, expect: pass }
  - { request: GET /b as eve, expect: deny }
  - { request: GET /c as eve, expect: deny }
  - { request: GET /a as old, expect: 401 }
`;
  const file = join(scratch, 'alternatives.test.yaml');
  writeFileSync(join(scratch, 'alternatives.yaml'), policies);
  writeFileSync(file, tests);

  it('are counted one by one, and those are named by which no case matches', async () => {
    const { out } = await runCli(['test', '--coverage', file]);
    assert.match(out, /coverage: 7 of 10 routes, rules, providers, policies and alternatives in them\n/);
    const gaps = out.split('\n').filter((line) => line.includes('no case matches by this one'));
    assert.deepEqual(
      gaps.map((line) => line.trim().split(' of policy ')[0]),
      ['path `/b`, 1 of permissions[0]', 'permissions[1]', 'conditions, 1 of principals[0]'],
    );
    assert.ok(gaps.every((line) => /alternatives\.yaml:1[1-4]$/.test(line)));
  });
  it('are taken away one by one, audiences too', async () => {
    const { out } = await runCli(['test', '--mutation', file]);
    assert.match(out, /no case fails without path `\/b`, 1 of permissions\[0\]/);
    assert.match(out, /no case fails provider \S+ does not take audience `till`/);
    assert.doesNotMatch(out, /does not take audience `shop`|without path `\/a`/);
  });
});

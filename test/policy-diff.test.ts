import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { outcomeOf } from '../src/cli/policy-diff/change.ts';
import { type DiffSide, diffSnapshots } from '../src/cli/policy-diff/diff-snapshots.ts';
import { mutantsOf } from '../src/cli/policy-test/mutants.ts';
import { readPolicyTest } from '../src/cli/policy-test/read-policy-test.ts';
import { TestBench } from '../src/cli/policy-test/run-policy-test.ts';
import { loadConfig, looksLikeManifests } from '../src/control/config/index.ts';
import { loadIstio } from '../src/control/istio/index.ts';
import { runCli } from './fixtures/collecting-io.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';

const root = join(import.meta.dirname, '..');
const NOW = Date.parse('2026-01-01T00:00:00Z');

function load(file: string): DiffSide & { sources: { name: string; text: string }[] } {
  const source = { name: file, text: readFileSync(file, 'utf8') };
  const { snapshot, provenance, findings } = looksLikeManifests(source)
    ? loadIstio([source], { upstream: 'http://127.0.0.1:80' })
    : loadConfig([source]);
  assert.ok(snapshot, JSON.stringify(findings.list));
  return { snapshot, provenance, sources: [source] };
}

interface Probed {
  file: string;
  /** Issuers and tokens of a policy test: what is probed with, besides no token at all. */
  tokens: string;
  names: string[];
  methods: string[];
  paths: string[];
  hosts: string[];
  headers: string[];
}

const FUNNEL = 'issuers: {i: "https://auth.funnel-labs.io/auth/realms/funnel"}';

const PROBED: Probed[] = [
  {
    file: join(root, 'examples', '01-front-proxy', 'envoy-jwt.yaml'),
    tokens: `${FUNNEL}
tokens:
  good: {issuer: i, sub: a}
  late: {like: good, expires: -2m}
  forged: {like: good, signed_by: x}
  stranger: {like: good, iss: "https://evil.example"}`,
    names: ['good', 'late', 'forged', 'stranger'],
    methods: ['GET', 'POST'],
    paths: ['/', '/docs', '/docs/', '/docs/a', '/docsx', '/doc', '/other/docs', '/a/b?x=/docs'],
    hosts: ['a.example'],
    headers: [],
  },
  {
    file: join(root, 'examples', '02-istio-jwt', 'istio.yaml'),
    tokens: `issuers: {i: "http://127.0.0.1:8180/auth/realms/weather"}
tokens:
  alice: {issuer: i, sub: a, aud: weather-api, username: alice}
  bob: {like: alice, username: bob}
  other: {like: alice, aud: billing}
  nobody: {like: alice, without: username}
  stranger: {like: alice, iss: "https://evil.example"}`,
    names: ['alice', 'bob', 'other', 'nobody', 'stranger'],
    methods: ['GET', 'POST', 'HEAD'],
    paths: ['/', '/forecast', '/forecast/pau', '/forecasts', '/fore', '/x/forecast'],
    hosts: ['a.example'],
    headers: ['x-draft: 1', 'x-other: 1'],
  },
  {
    file: join(root, 'examples', '03-trains', 'envoy-trains.yaml'),
    tokens: `${FUNNEL}
tokens:
  a: {issuer: i, sub: a, aud: trains, scope: A-Train}
  b: {like: a, scope: B-Train}
  both: {like: a, scope: A-Train B-Train}
  tram: {like: a, scope: Tram}
  ship: {like: both, aud: ships}
  stranger: {like: both, iss: "https://evil.example"}`,
    names: ['a', 'b', 'both', 'tram', 'ship', 'stranger'],
    methods: ['GET'],
    paths: ['/', '/a-train', '/a-train/1', '/b-train', '/b-trainx', '/a-train/../b-train', '/c'],
    hosts: ['a.example'],
    headers: [],
  },
  {
    file: join(root, 'test', 'fixtures', 'policy-diff', 'shop.yaml'),
    tokens: `issuers: {i: "https://idp.example/realms/shop", p: "https://partner.example"}
tokens:
  clerk: {issuer: i, sub: a, aud: shop, role: clerk}
  guest: {like: clerk, role: guest}
  bare: {like: clerk, without: [role, aud]}
  partner: {issuer: p, sub: p, aud: shop, role: clerk}
  mixed: {like: clerk, aud: partners}
  stranger: {like: clerk, iss: "https://evil.example"}`,
    names: ['clerk', 'guest', 'bare', 'partner', 'mixed', 'stranger'],
    methods: ['GET', 'POST', 'PUT'],
    paths: [
      '/',
      '/health',
      '/health/x',
      '/public/a',
      '/public/7',
      '/orders',
      '/orders/7',
      '/ordersx',
      '/beta',
    ],
    hosts: ['a.example', 'admin.example'],
    headers: [],
  },
];

/** Asks one configuration everything, with keys and tokens of its own making. */
async function probe(
  { snapshot, provenance, sources }: ReturnType<typeof load>,
  probed: Probed,
): Promise<string[]> {
  const { names, methods, paths, hosts, headers, tokens } = probed;
  const cases = methods.flatMap((method) =>
    paths.flatMap((path) =>
      hosts.flatMap((host) =>
        [undefined, ...headers].flatMap((header) =>
          ['none', ...names].map((as) => {
            const [name = '', value = ''] = header?.split(': ') ?? [];
            const extra = header === undefined ? '' : `, headers: {${name}: "${value}"}`;
            return `- {request: {method: ${method}, url: "http://${host}${path}", as: ${as}${extra}}, expect: 200}`;
          }),
        ),
      ),
    ),
  );
  const text = `config: x\n${tokens}\ncases:\n${cases.join('\n')}\n`;
  const { test, problems } = readPolicyTest({ name: 'probe.yaml', text });
  assert.deepEqual(problems, []);
  assert.ok(test);
  const bench = new TestBench(test, { snapshot, provenance, sources });
  const { compiled } = await bench.compile();
  const results = await bench.play(compiled);
  return results.map(({ verdict: { status, route } }) => {
    if (status !== null) return status === 0 ? 'closed' : String(status);
    return route?.action.kind === 'cluster' ? `200 by ${route.action.cluster}` : '200';
  });
}

/** `before -> after` of every probe that differs. */
function changesBetween(before: readonly string[], after: readonly string[]): string[] {
  const changes = before.map((outcome, index) => [outcome, after[index]]).filter(([one, two]) => one !== two);
  return [...new Set(changes.map(([one, two]) => `${one} -> ${two}`))].sort();
}

let mutants = 0;

for (const probed of PROBED) {
  const name = probed.file.slice(root.length + 1);
  describe(`diff of ${name} and its mutants`, () => {
    const pristine = probe(load(probed.file), probed);
    it('finds nothing between the file and itself', async () => {
      const { changes, tried } = await diffSnapshots(load(probed.file), load(probed.file), NOW);
      assert.deepEqual(changes, []);
      assert.ok(tried > 50);
    });
    for (const [index, { text }] of mutantsOf(load(probed.file).snapshot).entries()) {
      mutants++;
      it(`finds what probing finds: ${text}`, async () => {
        const changed = () => {
          const side = load(probed.file);
          mutantsOf(side.snapshot)[index]?.apply();
          return side;
        };
        const probes = changesBetween(await pristine, await probe(changed(), probed));
        const { changes } = await diffSnapshots(load(probed.file), changed(), NOW);
        // a test's keys go to all its issuers where a provider takes any, which the keys of an address do not
        if (text.endsWith('takes any issuer')) {
          assert.ok(probes.length === 0 || changes.length > 0);
          return;
        }
        const found = changes.map(({ before, after: now }) => `${before} -> ${now}`);
        assert.deepEqual(
          probes.filter((change) => !found.includes(change)),
          [],
        );
        for (const { before, after: now, decisions } of changes) {
          assert.notEqual(before, now);
          const played = [decisions.before, decisions.after].map(({ verdict }) => outcomeOf(verdict));
          assert.deepEqual(played, [before, now], 'the witness was run on both');
        }
      });
    }
  });
}

it('there are 50 mutants or more', () => assert.ok(mutants >= 50, `${mutants}`));

/** The JSON text without what is called `was`. */
const withoutMember = (text: string) =>
  JSON.stringify(JSON.parse(text, (key, value) => (key === 'was' ? undefined : value)));

describe('jotgate diff', () => {
  const { path: folder } = temporaryFolder();
  const before = join(root, 'examples', '01-front-proxy', 'envoy-jwt.yaml');
  const changed = join(folder, 'changed.yaml');
  writeFileSync(
    changed,
    readFileSync(before, 'utf8').replace('prefix: /docs', 'path_separated_prefix: /docs'),
  );

  it('names the class, one request of it, and who decides on either side, without a token', async () => {
    const { exitCode, out } = await runCli(['diff', before, changed]);
    assert.equal(exitCode, 0);
    assert.match(out, /^200 by service_envoyproxy_io -> 401/);
    assert.match(out, /path: \/docs~\n/);
    assert.match(out, /as in: GET http:\/\/other\.example\/docs~, no token/);
    assert.match(out, /changed\.yaml: 401 Jwt is missing, by rule\[1\].*changed\.yaml:53/);
    assert.match(out, /1 class of requests changes: 1 kept out/);
    assert.doesNotMatch(out, /eyJ/);
  });
  it('exits 4 under --exit-code when something changes, 0 when nothing does', async () => {
    assert.equal((await runCli(['diff', '--exit-code', before, changed])).exitCode, 4);
    const same = await runCli(['diff', '--exit-code', before, before]);
    assert.equal(same.exitCode, 0);
    assert.match(same.out, /^no verdict changes/);
  });
  it('has one line for each class under --summary, what is let in first, and counts', async () => {
    const opened = join(folder, 'opened.yaml');
    const text = readFileSync(before, 'utf8');
    writeFileSync(opened, text.replace('prefix: /docs', 'path_separated_prefix: /login'));
    const { out } = await runCli(['diff', '--summary', before, opened]);
    const lines = out.trimEnd().split('\n');
    const isLetIn = (line: string) => line.startsWith('let in  ');
    const isKeptOut = (line: string) => line.startsWith('kept out  ');
    assert.match(lines[0] as string, /^let in +401 -> 200 by service_envoyproxy_io {3}\S+: path \/login/);
    assert.ok(lines.findLastIndex(isLetIn) < lines.findIndex(isKeptOut));
    const [, count] = /^(\d+) classes of requests change: \d+ let in, \d+ kept out/m.exec(out) ?? [];
    assert.equal(lines.filter((line) => isLetIn(line) || isKeptOut(line)).length, Number(count));
    assert.match((await runCli(['diff', '--summary', before, before])).out, /^no verdict changes/);
    assert.equal((await runCli(['diff', '--summary', '--json', before, before])).exitCode, 2);
  });
  it('speaks JSON', async () => {
    const { out } = await runCli(['diff', '--json', before, changed]);
    const [change] = JSON.parse(out).changes;
    assert.deepEqual(
      [change.before, change.after, change.parts.path],
      ['200 by service_envoyproxy_io', '401', ['/docs~']],
    );
    assert.doesNotMatch(out, /eyJ/);
  });
  it('knows a change of keys, of audience and of normalisation', async () => {
    const trains = join(root, 'examples', '03-trains', 'envoy-trains.yaml');
    const edits: [from: string, to: string, want: RegExp][] = [
      ['certs\n', 'keys\n', /200 -> 401[\s\S]*by a key of https:\S+certs/],
      ['audiences: [trains]', 'audiences: [ships]', /403 -> 200[\s\S]*aud ships/],
      ['normalize_path: true', 'normalize_path: false', /path: \/a-train\/\.\.\/b-train/],
      ['REJECT_REQUEST', 'UNESCAPE_AND_FORWARD', /400 -> 401[\s\S]*path: .*\/a-train\/\.\.%2fb-train/],
      ['domains: ["*"]', 'domains: ["*.example"]', /200 -> 404[\s\S]*host: other\.test\n/],
    ];
    for (const [from, to, want] of edits) {
      const file = join(folder, 'trains.yaml');
      writeFileSync(file, readFileSync(trains, 'utf8').replace(from, to));
      assert.match((await runCli(['diff', trains, file])).out, want);
    }
  });
  it('says of a dump that its keys were not read, and makes no difference of it', async () => {
    const { static_resources: parts } = parse(readFileSync(before, 'utf8'));
    const named = (kind: string) => `type.googleapis.com/envoy.${kind}`;
    const [listener] = parts.listeners;
    const cluster = (one: object) => ({ cluster: { '@type': named('config.cluster.v3.Cluster'), ...one } });
    const dump = JSON.stringify({
      configs: [
        {
          '@type': named('admin.v3.ListenersConfigDump'),
          static_listeners: [{ listener: { '@type': named('config.listener.v3.Listener'), ...listener } }],
        },
        { '@type': named('admin.v3.ClustersConfigDump'), static_clusters: parts.clusters.map(cluster) },
      ],
    });
    const source = /"(?:remote|local)_jwks":/;
    assert.match(dump, source);
    const unread = join(folder, 'dump.json');
    const text = dump.replace(source, '"local_jwks":{"filename":"/not/here.json"},"was":');
    writeFileSync(unread, withoutMember(text));
    for (const sides of [
      [unread, before],
      [before, unread],
      [unread, unread],
    ]) {
      const { out, err, exitCode } = await runCli(['diff', '--exit-code', ...sides]);
      assert.deepEqual([err, exitCode], ['', 0]);
      assert.match(out, /^no verdict changes/);
      assert.match(out, /\nkeys of provider_funnel are in files of another machine and were not read/);
    }
    const { unreadKeys } = JSON.parse((await runCli(['diff', '--json', unread, before])).out);
    assert.deepEqual(unreadKeys, ['provider_funnel']);
    const log = join(folder, 'one.log');
    writeFileSync(log, '{"method":"GET","path":"/docsx","status":200}');
    const asked = await runCli(['diff', '--exit-code', '--log', log, unread, before]);
    assert.deepEqual([asked.err, asked.exitCode], ['', 0]);
  });
  it('asks both the requests of an access log', async () => {
    const line = (path: string) =>
      `[2016-04-15T20:17:00.310Z] "GET ${path} HTTP/1.1" 200 - 0 0 1 1 "-" "curl" "1" "a.test" "10.0.0.1:80"`;
    const log = join(folder, 'access.log');
    writeFileSync(log, [line('/docs'), line('/docsx'), line('/docsy'), 'rubbish', line('/x')].join('\n'));
    const { out, exitCode } = await runCli(['diff', '--exit-code', '--log', log, before, changed]);
    assert.equal(exitCode, 4);
    assert.match(
      out,
      /^ {2}2 {2}200 by service_envoyproxy_io -> 401\n.*\n.*changed\.yaml: 401 Jwt is missing, by rule\[1\]/,
    );
    assert.match(out, /access\.log:2 GET \/docsx[\s\S]*4 requests[\s\S]*access\.log:4\n$/);
    const same = await runCli(['diff', '--exit-code', '--log', log, before, before]);
    assert.deepEqual([same.exitCode, same.out.split('\n', 1)[0]], [0, 'no verdict changes']);
  });
  it('exits 3 where one side is wrong', async () => {
    const file = join(folder, 'wrong.yaml');
    writeFileSync(file, 'static_resource: {}');
    assert.equal((await runCli(['diff', before, file])).exitCode, 3);
  });
});

describe('jotgate diff of a workload', () => {
  const manifest = join(root, 'examples', '02-istio-jwt', 'istio.yaml');
  const { fileOf } = temporaryFolder();
  const relabelled = fileOf(
    'istio.yaml',
    readFileSync(manifest, 'utf8').replaceAll('app: weather', 'app: wether'),
  );
  it('that has lost its last policy shows who is let in now', async () => {
    const { exitCode, out } = await runCli([
      'diff',
      '--exit-code',
      '--summary',
      '--workload=weather/app=weather',
      manifest,
      relabelled,
    ]);
    assert.equal(exitCode, 4);
    assert.match(out, /^let in +403 -> 200/);
  });
  it('that neither side has anything for is refused', async () => {
    const { exitCode, err } = await runCli(['diff', '--workload=weather/app=x', manifest, relabelled]);
    assert.equal(exitCode, 3);
    assert.match(err, /E420.*`weather\/app=x`\n.*`weather\/app=wether`/);
  });
  it('and of the standard input twice is wrong use', async () => {
    const { exitCode, err } = await runCli(['diff', '-', '-']);
    assert.equal(exitCode, 2);
    assert.match(err, /^jotgate: the standard input can be read once: name a file for the other `-`\n$/);
  });
});

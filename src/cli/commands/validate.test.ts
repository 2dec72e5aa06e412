import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { temporaryFolder } from '../../../test/fixtures/temporary-folder.ts';
import type { CliIo } from '../io.ts';
import { runProgram } from '../program.ts';

const { path: folder, fileOf: write } = temporaryFolder();

async function run(args: string[], stdin = '') {
  const said = { out: '', err: '' };
  const io: CliIo = {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    readStdin: async () => stdin,
    color: false,
    exitCode: 0,
  };
  return { exitCode: await runProgram(args, io), ...said };
}

const SOUND = 'static_resources: {}\n';
const WARNED = 'tracing: {}\n';
const BROKEN = 'static_resource: {}\n';

describe('jotgate validate', () => {
  it('a sound file is ok, and nothing goes to stdout', async () => {
    const file = write('sound.yaml', SOUND);
    assert.deepEqual(await run(['validate', file]), { exitCode: 0, out: '', err: `${file}: ok\n` });
  });
  it('warnings exit 0, under --strict 3', async () => {
    const file = write('warned.yaml', WARNED);
    const { exitCode, out, err } = await run(['validate', file]);
    assert.equal(exitCode, 0);
    assert.match(out, /^warning\[W301\]/);
    assert.equal(err, `${file}: 1 warning\n`);
    assert.equal((await run(['validate', '--strict', file])).exitCode, 3);
  });
  it('errors exit 3, of whichever file', async () => {
    const [sound, broken] = [write('a.yaml', SOUND), write('b.yaml', BROKEN)];
    const { exitCode, out, err } = await run(['validate', broken, sound]);
    assert.equal(exitCode, 3);
    assert.match(out, /did you mean `static_resources`\?/);
    assert.equal(err, `${broken}: 1 error\n${sound}: ok\n`);
  });
  it('of more findings than can be read the first 500 are shown, errors before warnings, and all are in the JSON', async () => {
    const slips = Array.from({ length: 600 }, (_, index) => `slip_${index}: {}\n`).join('');
    const file = write('many.yaml', `${WARNED}${slips}`);
    const { out, err } = await run(['validate', file]);
    assert.equal(out.match(/^error\[/gm)?.length, 500);
    assert.match(out, /\n\n101 more findings of \S+many\.yaml are not shown: --json has all of them\n$/);
    assert.match(err, /600 errors, 1 warning/);
    assert.equal(JSON.parse((await run(['validate', '--json', file])).out).findings?.length ?? 0, 601);
  });
  it('- is the standard input', async () => {
    const { exitCode, out } = await run(['validate', '-'], BROKEN);
    assert.equal(exitCode, 3);
    assert.match(out, /--> <stdin>:1:1\n/);
  });
  it('--json prints one object for all files', async () => {
    const { out } = await run(['validate', '--json', write('c.yaml', BROKEN), write('d.yaml', WARNED)]);
    const report = JSON.parse(out) as { valid: boolean; errors: number; warnings: number };
    assert.deepEqual([report.valid, report.errors, report.warnings], [false, 1, 1]);
  });
  it('a .json file is read as JSON', async () => {
    assert.equal((await run(['validate', write('e.json', '{"static_resources": {},}')])).exitCode, 0);
    assert.match((await run(['validate', write('f.json', 'a: b')])).out, /E101/);
  });
  it('a file that is not there is one sentence and wrong use', async () => {
    const { exitCode, err } = await run(['validate', join(folder, 'none.yaml')]);
    assert.equal(exitCode, 2);
    assert.match(
      err,
      /^jotgate: cannot read the configuration `.*none\.yaml`: there is no such file; check the path\n$/,
    );
  });
  it('Istio manifests are judged as such', async () => {
    const manifest = `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: a, namespace: default}
spec: {jwtRulez: []}
`;
    const { exitCode, out } = await run(['validate', write('istio.yaml', manifest)]);
    assert.equal(exitCode, 3);
    assert.match(out, /did you mean `jwtRules`\?[\s\S]*Istio refuses this file too/);
  });
  it('documents of other kinds are named, and a filter of Envoy’s own is a warning', async () => {
    const text =
      'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n---\napiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: f, namespace: istio-system}\n';
    const file = write('other.yaml', text);
    const { exitCode, out, err } = await run(['validate', file]);
    assert.equal(exitCode, 0);
    assert.match(err, /other\.yaml:1: Secret `a` has no part in this and is passed over\n/);
    assert.match(out, /^warning\[W416\]: the EnvoyFilter `f` is not applied[\s\S]*other\.yaml:6:7/);
    assert.equal((await run(['validate', '--strict', file])).exitCode, 3);
  });
  it('an object without a name is passed over by its kind', async () => {
    const { err } = await run(['validate', write('nameless.yaml', 'kind: 7\napiVersion: []\n')]);
    assert.match(err, /nameless\.yaml:1: an object of kind `7` without a name has no part in this/);
  });
  it('what is wrong with a key of several listeners is said once', async () => {
    const golden = join(import.meta.dirname, '..', '..', '..', 'test', 'golden', 'lints', 'L12', 'bad.yaml');
    const text = readFileSync(golden, 'utf8').replace('  listeners:\n  - ', '  listeners:\n  - &first\n    ');
    const second = text
      .replace(
        '  clusters:',
        '  - name: b\n    address: {socket_address: {address: 127.0.0.1, port_value: 8081}}\n    filter_chains: *chains\n  clusters:',
      )
      .replace('filter_chains:\n', 'filter_chains: &chains\n');
    const { out } = await run(['validate', write('twice.yaml', second)]);
    assert.equal(out.match(/W213\]/g)?.length, 1);
  });
  it('what only the data path finds is found too', async () => {
    const text = `static_resources:
  listeners:
  - address: {socket_address: {address: 127.0.0.1, port_value: 80}}
    filter_chains: [{filters: []}]
`;
    const { exitCode, out } = await run(['validate', write('chain.yaml', text)]);
    assert.equal(exitCode, 3);
    assert.match(out, /error\[E302\]/);
  });
});

describe('several files', () => {
  const LISTENER = `static_resources:
  listeners:
  - name: a
    address: {socket_address: {address: 127.0.0.1, port_value: 80}}
    filter_chains:
    - filters:
      - name: h
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: h
          route_config: {virtual_hosts: [{name: v, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: c}}]}]}
          http_filters: [{name: r, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
`;
  const CLUSTER = 'static_resources:\n  clusters:\n  - {name: c, type: STATIC}\n';
  const listener = write('listener.yaml', LISTENER);
  const cluster = write('cluster.yaml', CLUSTER);

  const judged: { name: string; files: readonly string[]; each?: boolean; want: readonly RegExp[] }[] = [
    { name: 'refer to one another', files: [listener, cluster], want: [] },
    {
      name: 'do not with --each',
      files: [listener, cluster],
      each: true,
      want: [/E201.*`c`\n.*listener\.yaml:11:/],
    },
    { name: 'are one where one is named twice', files: [listener, cluster, cluster], want: [] },
    {
      name: 'have no name twice, and the second one is at fault',
      files: [cluster, listener, write('again.yaml', CLUSTER)],
      want: [/E202.*duplicate cluster `c`\n.*again\.yaml:3:/],
    },
    {
      name: 'may each have a name that the others have with --each',
      files: [cluster, write('again.yaml', CLUSTER)],
      each: true,
      want: [],
    },
    {
      name: 'are not told to lack what may be in one that cannot be read',
      files: [listener, write('torn.yaml', CLUSTER.replace('STATIC', '[STATIC'))],
      want: [/E101.*\n.*torn\.yaml:/],
    },
  ];
  for (const { name, files, each = false, want } of judged) {
    it(name, async () => {
      const { exitCode, out, err } = await run(['validate', ...(each ? ['--each'] : []), ...files]);
      assert.equal(out.match(/^(?:error|warning)\[/gm)?.length ?? 0, want.length, out);
      for (const pattern of want) assert.match(out, pattern);
      assert.equal(exitCode, want.length === 0 ? 0 : 3);
      assert.equal(err.match(/\n/g)?.length, new Set(files).size);
    });
  }
  it('of Envoy and Istio are one configuration, as `run` takes them', async () => {
    const manifest =
      'apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: a}\nspec: {}\n';
    const { exitCode, err } = await run(['validate', cluster, write('policy.yaml', manifest), listener]);
    assert.equal(exitCode, 0);
    assert.match(err, /cluster\.yaml: ok\n.*policy\.yaml: ok\n.*listener\.yaml: ok\n$/);
  });
  it('a flag for Istio manifests is wrong use without any', async () => {
    const { exitCode, err } = await run(['validate', '--workload', 'a/b=c', cluster]);
    assert.equal(exitCode, 2);
    assert.match(err, /^jotgate: --workload is for Istio manifests/);
  });
});

describe('jotgate validate --workload', () => {
  const policy =
    'apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: a, namespace: shop}\n';
  const file = write('selected.yaml', `${policy}spec: {selector: {matchLabels: {app: cart}}}\n`);
  it('refuses a workload that nothing in the files is for, and names those that there are', async () => {
    for (const workload of ['shop/app=catr', 'shop', 'other/app=cart']) {
      const { exitCode, out } = await run(['validate', '--workload', workload, file]);
      assert.equal(exitCode, 3);
      assert.match(
        out,
        /^error\[E420\]: no policy and no Gateway in the files is for the workload `[^`]+`\n = they are for `shop\/app=cart`/,
      );
    }
  });
  it('takes one that a policy selects, or that a policy for all is for', async () => {
    assert.equal((await run(['validate', '--workload', 'shop/app=cart,version=v1', file])).exitCode, 0);
    const all = write('all.yaml', `${policy}spec: {}\n`);
    assert.equal((await run(['validate', '--workload', 'shop/app=any', file, all])).exitCode, 0);
  });
});

describe('jotgate validate --strict', () => {
  it('finds no less than without: a warning does not keep the rest from being looked for', async () => {
    const chain =
      'tracing: {}\nstatic_resources:\n  listeners:\n  - address: {socket_address: {address: 127.0.0.1, port_value: 80}}\n    filter_chains: [{filters: []}]\n';
    const { err } = await run(['validate', '--strict', write('strict.yaml', chain)]);
    assert.match(err, /strict\.yaml: 2 errors\n/);
  });
});

describe('jotgate validate of what an Envoy runs', () => {
  it("finds istiod's stand-in key in a dump, and says whose keys could not be fetched", async () => {
    const golden = join(import.meta.dirname, '..', '..', '..', 'test', 'golden', 'lints', 'L11', 'bad.yaml');
    const [listener] = parse(readFileSync(golden, 'utf8')).static_resources.listeners;
    const type = 'type.googleapis.com/envoy';
    const state = { listener: { '@type': `${type}.config.listener.v3.Listener`, ...listener } };
    const dump = {
      configs: [
        {
          '@type': `${type}.admin.v3.ListenersConfigDump`,
          dynamic_listeners: [{ name: 'a', active_state: state }],
        },
      ],
    };
    const { exitCode, out } = await run(['validate', '-'], JSON.stringify(dump));
    assert.equal(exitCode, 0);
    assert.match(out, /warning\[L11\].*could not fetch from `https:\/\/idp\.example\/realms\/shop/);
  });
});

describe('the formats of jotgate validate', () => {
  const formats: [name: string, want: RegExp][] = [
    ['json', /^\{\n {2}"valid": true,/],
    ['sarif', /"version": "2\.1\.0"/],
    ['junit', /^<\?xml/],
    ['github', /^::warning file=/],
    ['pretty', /^warning\[W301\]/],
  ];
  for (const [name, want] of formats) {
    it(name, async () => {
      const { exitCode, out } = await run(['validate', '--format', name, write('warned.yaml', WARNED)]);
      assert.equal(exitCode, 0);
      assert.match(out, want);
    });
  }
  it('no other', async () => {
    assert.equal((await run(['validate', '--format', 'xml', write('a.yaml', SOUND)])).exitCode, 2);
    const both = ['validate', '--json', '--format', 'sarif', write('a.yaml', SOUND)];
    assert.equal((await run(both)).exitCode, 2, 'not one of the two in silence');
  });
});

describe('jotgate explain', () => {
  const list = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'errors.md'), 'utf8');
  const codes = [...list.matchAll(/^\| ([EWL]\d+) \|/gm)].map((found) => found[1] as string);
  it('knows every code that is listed', async () => {
    assert.ok(codes.length > 80, `${codes.length}`);
    for (const code of codes) {
      const { exitCode, out } = await run(['explain', code]);
      assert.equal(exitCode, 0);
      assert.match(out, new RegExp(`^${code}: \\S.*\\n\\n\\S[^]{20,}`));
    }
  });
  it('says what a code means, in either case', async () => {
    assert.match((await run(['explain', 'e103'])).out, /^E103: unknown field\n\n/);
  });
  it('knows its own codes only', async () => {
    assert.equal((await run(['explain', 'E999'])).exitCode, 2);
  });
});

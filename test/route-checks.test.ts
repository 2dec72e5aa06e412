import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runCli } from './fixtures/collecting-io.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';

const { path: folder } = temporaryFolder();

const ROUTES = `virtual_hosts:
- name: shop
  domains: [shop.test]
  require_tls: NONE
  routes:
  - match: {path: /old}
    redirect: {host_redirect: new.test, path_redirect: /fresh, response_code: FOUND}
  - match: {prefix: /api}
    route: {cluster: api, prefix_rewrite: /v1, host_rewrite_literal: api.internal}
    request_headers_to_add: [{header: {key: x-from, value: shop}}]
  - match: {prefix: /beta, headers: [{name: x-beta, string_match: {exact: "1"}}]}
    route: {cluster: beta}
  - match: {path: /ping}
    direct_response: {status: 204}
    response_headers_to_add: [{header: {key: x-pong, value: "yes"}}]
  - match: {prefix: /}
    route: {cluster: web}
`;

const YAML = `tests:
- test_name: a cluster, its host and its path
  input: {authority: shop.test, path: "/api/a?b=c", method: GET}
  validate:
    cluster_name: api
    virtual_host_name: shop
    path_rewrite: "/v1/a?b=c"
    host_rewrite: api.internal
    path_redirect: ""
    request_header_matches: [{name: x-from, string_match: {exact: shop}}, {name: x-other, present_match: false}]
- test_name: a header chooses
  input:
    authority: shop.test
    path: /beta
    additional_request_headers: [{key: x-beta, value: "1"}]
  validate: {cluster_name: beta, path_rewrite: /beta, host_rewrite: shop.test}
- test_name: a redirect
  input: {authority: shop.test, path: /old, ssl: true}
  validate: {path_redirect: "https://new.test/fresh", code_redirect: 302, cluster_name: ""}
- test_name: an answer of its own
  input: {authority: shop.test, path: /ping}
  validate: {cluster_name: "", response_header_matches: [{name: x-pong, string_match: {prefix: "y"}}]}
- test_name: nobody
  input: {authority: other.test, path: /}
  validate: {cluster_name: "", virtual_host_name: ""}
`;

/** The shape that the tool took first. */
const JSON_CHECKS = JSON.stringify([
  {
    test_name: 'the same',
    input: {
      ':authority': 'shop.test',
      ':path': '/api/a',
      additional_headers: [{ field: 'x-a', value: 'b' }],
    },
    validate: {
      cluster_name: 'api',
      path_rewrite: '/v1/a',
      header_fields: [
        { field: 'x-a', value: 'b' },
        { field: ':path', value: '/v1/a' },
        { field: 'x-b', value: '' },
      ],
    },
  },
]);

const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const check = (checks: string, name = 'checks.yaml', ...more: string[]) =>
  runCli(['test', '--config', write('routes.yaml', ROUTES), write(name, checks), ...more]);

describe("checks in the format of Envoy's router_check_tool", () => {
  it('pass in YAML', async () => {
    const { exitCode, out, err } = await check(YAML);
    assert.deepEqual([exitCode, err, out.trimEnd().split('\n').at(-1)], [0, '', '5 passed, 0 failed'], out);
  });
  it('pass in JSON, in the shape before too', async () => {
    const { out } = await check(JSON_CHECKS, 'checks.json');
    assert.match(out, /1 passed, 0 failed/);
  });
  it('judge the routes of a whole configuration, and let no filter have a say', async () => {
    const file = join(import.meta.dirname, '../examples/01-front-proxy/envoy-jwt.yaml');
    const checks = write(
      'whole.yaml',
      'tests:\n- {test_name: a, input: {authority: a, path: /}, validate: {cluster_name: service_envoyproxy_io}}\n',
    );
    assert.match((await runCli(['test', '-c', file, checks])).out, /1 passed, 0 failed/);
  });
  const WRONG: [word: string, wanted: string, want: RegExp][] = [
    ['cluster_name', 'x', /`cluster_name`: wanted `x`, got `api`/],
    ['virtual_host_name', 'x', /`virtual_host_name`: wanted `x`, got `shop`/],
    ['path_rewrite', '/x', /`path_rewrite`: wanted `\/x`, got `\/v1\/a`/],
    ['host_rewrite', 'x', /`host_rewrite`: wanted `x`, got `api.internal`/],
    ['path_redirect', '/x', /`path_redirect`: wanted `\/x`, got ``/],
    ['code_redirect', '301', /`code_redirect`: wanted `301`, got `0`/],
    [
      'request_header_matches',
      '[{name: x-from, string_match: {exact: a}}]',
      /`request_header_matches`: wanted header x-from exact "a"/,
    ],
    ['response_header_matches', '[{name: x-a}]', /`response_header_matches`: there is no such message/],
  ];
  for (const [word, wanted, want] of WRONG) {
    it(`say what is not as wanted: ${word}`, async () => {
      const { exitCode, out } = await check(
        `tests:\n- test_name: a\n  input: {authority: shop.test, path: /api/a}\n  validate: {${word}: ${wanted}}\n`,
      );
      assert.equal(exitCode, 4);
      assert.match(out, want);
      assert.match(out, /routes\.yaml:8/);
    });
  }
  it('count what routes they reach', async () => {
    assert.match(
      (await check(YAML, 'checks.yaml', '--coverage')).out,
      /coverage: 4 of 5.*\n.*shop\.routes\[4\]: no case gets here +\S+routes\.yaml:16/,
    );
  });
  it('name what has no part here, and what is misspelt', async () => {
    const { err } = await check(
      'tests:\n- test_name: a\n  input: {authority: a, path: /, internal: true}\n  validate: {virtual_cluster_name: b, cluster_nam: c}\n',
    );
    assert.match(err, /`internal` has no part in this/);
    assert.match(err, /`virtual_cluster_name` has no part in this/);
    assert.match(err, /checks\.yaml:4:39: `validate` has no `cluster_nam`/);
  });
  it('need to be told whose routes', async () => {
    const { exitCode, err } = await runCli(['test', write('checks.yaml', YAML)]);
    assert.equal(exitCode, 2);
    assert.match(err, /say with --config FILE whose/);
  });
});

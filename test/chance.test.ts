import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runCli } from './fixtures/collecting-io.ts';
import { bootstrapOf, clusterOf, extension, listenerOf, managerOf } from './fixtures/envoy-config.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';

const { fileOf: write } = temporaryFolder();
const share = (numerator: number) => ({ runtime_fraction: { default_value: { numerator } } });
const refused = { status: 403, body: { inline_string: 'no' } };

/** A share of requests is refused; the rest goes to clusters by weight. */
const gateOf = (numerator: number, filters: object[] = []) => {
  const weighted = {
    clusters: [
      { name: 'a', weight: 30 },
      { name: 'b', weight: 70 },
    ],
  };
  const routes = [
    { match: { prefix: '/', ...share(numerator) }, direct_response: refused },
    { match: { prefix: '/' }, route: { weighted_clusters: weighted } },
  ];
  const listener = listenerOf('l', [managerOf({ routes, filters })]);
  return bootstrapOf([listener], [clusterOf('a', 1), clusterOf('b', 1)]);
};
const file = write('gate.json', gateOf(20));
const limit = (max_tokens: number, enforced: number) =>
  extension('filters.http.local_ratelimit.v3.LocalRateLimit', {
    stat_prefix: 'l',
    token_bucket: { max_tokens, fill_interval: '3600s' },
    filter_enabled: { default_value: { numerator: 100 } },
    filter_enforced: { default_value: { numerator: enforced } },
  });
const answer = (status: number) => ({ direct_response: { status } });
/** Half of the requests take one route, half another, and only so many are let in. */
const limitedBy = (tokens: number, status = 200) => {
  const routes = [
    { match: { path: '/secret' }, ...answer(status) },
    { match: { prefix: '/', ...share(50) }, ...answer(200) },
    { match: { prefix: '/' }, ...answer(200) },
  ];
  const listener = listenerOf('l', [managerOf({ routes, filters: [limit(tokens, 100)] })]);
  return write(`limited-${tokens}-${status}.json`, bootstrapOf([listener]));
};
const why = (...args: string[]) => runCli(['why', '-c', file, ...args]);

describe('`why` of a request that chance has a say in', () => {
  it('explains the likeliest answer, and tells how many get the others and how to see them', async () => {
    const { out } = await why('/');
    assert.match(out, /^GET \/ {2}-> {2}cluster b, by chance: 70 % of such requests\n/);
    assert.match(out, /no {3}route prefix "\/", 20 % of requests -> direct response 403/);
    assert.match(out, /\n {2}20 % of such requests: 403 {2}no {3}\(--random-value 0\)\n/);
    assert.match(out, /\n {2}10 % of such requests: cluster a {3}\(--random-value 20\)\n/);
  });

  for (const { randomValue, want } of [
    { randomValue: '0', want: '403  no' },
    { randomValue: '20', want: 'cluster a' },
    { randomValue: '129', want: 'cluster a' },
    { randomValue: '30', want: 'cluster b' },
  ]) {
    it(`has one answer where the number is ${randomValue}`, async () => {
      const { out } = await why('--random-value', randomValue, '/');
      assert.equal(out.split('\n')[0], `GET /  ->  ${want}`);
    });
  }

  it('is for a program a tree and a list', async () => {
    const { outcome, chance, forwarded } = JSON.parse((await why('--json', '/')).out);
    assert.deepEqual([outcome, forwarded.cluster], ['conditional', 'b']);
    assert.deepEqual([chance.share, chance.randomValue], [0.7, 30]);
    const [refusal, other] = chance.others;
    assert.deepEqual(
      [refusal.share, refusal.randomValue, refusal.outcome, refusal.status],
      [0.2, 0, 'refused', 403],
    );
    assert.deepEqual(
      [other.share, other.randomValue, other.outcome, other.cluster],
      [0.1, 20, 'passes', 'a'],
    );
    assert.equal(JSON.parse((await why('--json', '--random-value', '0', '/')).out).chance, null);
  });

  it('does not surely get in where it may not', async () => {
    const codes = ['0', '20'].map(
      async (randomValue) => (await why('--exit-code', '--random-value', randomValue, '/')).exitCode,
    );
    assert.deepEqual([(await why('--exit-code', '/')).exitCode, ...(await Promise.all(codes))], [5, 5, 0]);
    assert.match((await why('--random-value', '-1', '/')).err, /--random-value takes a whole number/);
  });

  it('tells draws of filters, which no number stands for', async () => {
    const limited = listenerOf('l', [managerOf({ filters: [limit(1, 25)] })]);
    const two = write('two.http', 'GET http://a/\n\n###\nGET http://a/\n');
    const { out } = await runCli(['why', '-c', write('limit.json', bootstrapOf([limited])), '--http', two]);
    assert.match(out, /GET \/ {2}-> {2}200\n[\s\S]*GET \/ {2}-> {2}200, by chance: 75 % of such requests/);
    assert.match(out, /\n {2}25 % of such requests: 429 {2}local_rate_limited\n/);
  });

  it('takes of limits once, however many ways there are', async () => {
    const { out } = await runCli(['why', '-c', limitedBy(1), '/']);
    assert.match(out, /^GET \/ {2}-> {2}200\n/);
  });

  it('counts a log by what all of it leads to', async () => {
    const line = '[2026-01-01T00:00:00.000Z] "GET / HTTP/1.1" 200 - 0 0 1 - "-" "-" "-" "a" "-"\n';
    const { out } = await why('--log', write('access.log', line));
    assert.match(out, /70 % goes on to b.*, 20 % 403 no.*, 10 % goes on to a/);
  });
});

describe('a policy test of a gate that draws lots', () => {
  const test = (...cases: string[]) =>
    runCli(['test', write('a.test.yaml', `config: gate.json\ncases:\n${cases.join('\n')}\n`)]);

  it('holds for all that can be drawn', async () => {
    const { out, exitCode } = await test('- {request: GET /, expect: 200}');
    assert.equal(exitCode, 4);
    assert.match(out, /20 % of such requests \(random_value 0\): wanted 200, got 403 no/);
  });

  it('holds for one number where it names one', async () => {
    const { exitCode, err } = await test(
      '- {request: {path: /, random_value: 19}, expect: 403}',
      '- {request: {path: /, random_value: 20}, expect: {upstream: {cluster: a}}}',
    );
    assert.equal(exitCode, 0, err);
    assert.match(
      (await test('- {request: {path: /, random_value: -1}, expect: 403}')).err,
      /stands for chance/,
    );
  });

  it('takes of limits what one of the ways takes', async () => {
    const cases = ['{request: GET /, repeat: 5, expect: 200}', '{request: GET /, expect: 429}'];
    const text = `config: ${limitedBy(5)}\ncases:\n${cases.map((one) => `- ${one}\n`).join('')}`;
    const { out, exitCode } = await runCli(['test', write('limited.test.yaml', text)]);
    assert.equal(exitCode, 0, out);
  });

  it('reaches all routes that can be drawn', async () => {
    const yaml = write('b.test.yaml', 'config: gate.json\ncases:\n- {request: GET /, expect: {}}\n');
    assert.match((await runCli(['test', '--coverage', yaml])).out, /coverage: 2 of 2/);
  });
});

describe('checks of routes in Envoy’s format', () => {
  it('have the number that chance is taken for, 0 unless they say otherwise', async () => {
    const checks = [
      '{input: {authority: a, path: /}, validate: {cluster_name: ""}}',
      '{input: {authority: a, path: /, random_value: 129}, validate: {cluster_name: a}}',
      '{input: {authority: a, path: /, random_value: 30}, validate: {cluster_name: b}}',
    ];
    const text = `tests:\n${checks.map((one, n) => `- {test_name: c${n}, ${one.slice(1)}\n`).join('')}`;
    const { out, exitCode } = await runCli(['test', '-c', file, write('checks.yaml', text)]);
    assert.equal(exitCode, 0, out);
  });
});

describe('a comparison of gates that draw lots', () => {
  it('compares the shares, and more refusals are requests kept out', async () => {
    const { out } = await runCli(['diff', file, write('more.json', gateOf(25))]);
    assert.match(out, /70 % 200 by b, 20 % 403, 10 % 200 by a -> 70 % 200 by b, 25 % 403, 5 % 200 by a/);
    assert.match(out, /1 class of requests changes: 1 kept out/);
    assert.match((await runCli(['diff', file, file])).out, /no verdict changes/);
  });

  it('finds limits as they are before anybody has come', async () => {
    const { out } = await runCli(['diff', limitedBy(2), limitedBy(2, 403)]);
    assert.match(out, /200 -> 403[\s\S]*path: \/secret/);
  });

  it('compares what a log’s requests get', async () => {
    const line = '[2026-01-01T00:00:00.000Z] "GET / HTTP/1.1" 200 - 0 0 1 - "-" "-" "-" "a" "-"\n';
    const log = write('diff.log', line);
    const { out } = await runCli(['diff', '--log', log, file, write('less.json', gateOf(10))]);
    assert.match(out, /-> 70 % 200 by b, 20 % 200 by a, 10 % 403/);
  });
});

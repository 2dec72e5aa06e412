import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { rootCertificates } from 'node:tls';
import { runCli } from '../../../test/fixtures/collecting-io.ts';
import {
  alice,
  claims,
  config,
  configOf,
  DOCS_RULE,
  file,
  fileOf,
  keys,
  lineOf,
  ORDERS_RULE,
  signer,
  stranger,
  why,
} from '../../../test/fixtures/why-scene.ts';

describe('why tells the way of a request', () => {
  it('without a token: the rule that wants one, with its line, and what was not reached', async () => {
    const { out, exitCode } = await why('-c', file, 'http://shop.test:8080/orders/7');
    assert.equal(exitCode, 0);
    assert.match(out, /^GET \/orders\/7 {2}-> {2}401 {2}Jwt is missing\n/);
    assert.match(out, /listener front > chain 0 > vhost "shop" > route prefix "\/" -> cluster orders/);
    assert.match(
      out,
      new RegExp(`DENY jwt_authn {2}rule\\[1\\] .*envoy.yaml:${lineOf(config, ORDERS_RULE)}\n`),
    );
    assert.match(out, /not reached: rbac, router/);
  });

  it('to an authorizer that is told of the body: how much of it, and what becomes of a larger one', async () => {
    const asking = config.replace(
      /( +)(- name: router\n)/,
      `$1- name: authz
$1  typed_config:
$1    "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz
$1    http_service: { server_uri: { uri: http://idp, cluster: idp, timeout: 1s } }
$1    with_request_body: { max_request_bytes: 4 }
$1$2`,
    );
    const place = ` +\\S*asking.yaml:${lineOf(asking, 'with_request_body')}\n`;
    const told = 'the service is told the body, at most 4 bytes: ';
    const asked = async (data: string) => {
      const line = fileOf('curl.txt', `curl -X GET ${data} http://shop.test:8080/docs`);
      return (await why('-c', fileOf('asking.yaml', asking), '--curl', line)).out;
    };
    const unknown = await asked('');
    assert.match(unknown, new RegExp(`\\?\\? +${told}no body is known here${place}`));
    assert.match(unknown, new RegExp(`not sure: ${told}no body is known here; say how long it is`));
    assert.match(await asked('-d abcd'), new RegExp(`ok +${told}this one has 4 bytes${place}`));
    const refused = await asked('-d abcde');
    assert.match(refused, /^GET \/docs {2}-> {2}413 {2}Payload Too Large\n/);
    assert.match(refused, new RegExp(`DENY ${told}this one has 5 bytes${place}`));
    const narrow = asking
      .replace('max_request_bytes: 4 }', 'max_request_bytes: 4, allow_partial_message: true }')
      .replace(/\n( +)filter_chains:/, '\n$1per_connection_buffer_limit_bytes: 2$&');
    const line = fileOf('curl.txt', 'curl -XGET -d abc http://shop.test:8080/docs');
    const overflow = (await why('-c', fileOf('narrow.yaml', narrow), '--curl', line)).out;
    assert.match(overflow, /^GET \/docs {2}-> {2}413 [\s\S]*DENY .*3 bytes, and the listener holds 2 /);
    const written = fileOf('body.http', 'GET http://shop.test:8080/docs\n\nabcde\n');
    const { out } = await why('-c', fileOf('asking.yaml', asking), '--http', written);
    assert.match(out, /^GET \/docs {2}-> {2}413 {2}Payload Too Large\n/);
  });

  it('to a connection that is refused: the network filter and the policy that did it', async () => {
    const guard = `      - name: guard
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC
          stat_prefix: net
          rules:
            action: DENY
            policies:
              outsiders: { permissions: [ { any: true } ], principals: [ { not_id: { remote_ip: { address_prefix: 10.0.0.0, prefix_len: 8 } } } ] }
`;
    const guarded = config.replace(/( +filters:\n)/, `$1${guard}`);
    assert.notEqual(guarded, config);
    const { out } = await why('-c', fileOf('guarded.yaml', guarded), '/orders/7');
    assert.match(out, /^GET \/orders\/7 {2}-> {2}connection closed\n/);
    assert.match(out, /listener front > chain 0 .*\n {2}DENY rbac/);
    assert.match(
      out,
      new RegExp(`DENY policy "outsiders": matches, DENY .*:${lineOf(guarded, 'outsiders: {')}\n`),
    );
  });

  it('with a good token: each check and what it found', async () => {
    const { out, exitCode } = await why(
      '-c',
      file,
      '--token',
      alice,
      '--jwks',
      `kc=${keys}`,
      '--exit-code',
      '/orders/7',
    );
    assert.equal(exitCode, 0);
    assert.match(out, /^GET \/orders\/7 {2}-> {2}cluster orders\n/);
    assert.match(
      out,
      new RegExp(`ok {3}issuer {3}iss = "https://idp.test" .*:${lineOf(config, 'issuer: https')}\n`),
    );
    assert.match(out, /ok {3}time {3}now .*, exp 2096-.* \(in /);
    assert.match(out, /ok {3}signature {3}alg RS256, kid "test-key": verified by key 0/);
    assert.match(out, /headers added: x-jwt-payload/);
    assert.match(out, /headers removed: authorization/);
  });

  it('the policy that does not match, what it wants and what was there', async () => {
    const { out, exitCode } = await why(
      '-c',
      file,
      '--token',
      alice,
      '--jwks',
      `kc=${keys}`,
      '-X',
      'POST',
      '--exit-code',
      '--show-claims',
      '/orders/7',
    );
    assert.equal(exitCode, 5);
    assert.match(out, /-> {2}403 {2}RBAC: access denied\n/);
    assert.match(out, /no {3}permission wants header :method exact "GET" {3}header :method = "POST"/);
    assert.match(
      out,
      /no {3}principal wants claim scope contains "orders:write" {3}claim scope = "orders:read"/,
    );
    assert.match(out, new RegExp(`no {3}policy "writers" .*:${lineOf(config, 'writers:')}\n`));
  });

  it('a stranger’s signature, an expired token, a direct response', async () => {
    const forged = await why('-c', file, '--token', stranger.sign(claims), '--jwks', `kc=${keys}`, '/orders');
    assert.match(forged.out, /401 {2}Jwt verification fails\n/);
    const late = await why(
      '-c',
      file,
      '--token',
      alice,
      '--jwks',
      `kc=${keys}`,
      '--at',
      '2100-01-01T00:00:00Z',
      '/orders',
    );
    assert.match(late.out, /401 {2}Jwt is expired\n/);
    const direct = await why('-c', file, '/health');
    assert.match(direct.out, /^GET \/health {2}-> {2}200 {2}fine\n/);
  });

  it('a path is asked about as it stands', async () => {
    const { out } = await why('-c', file, '/docs/../orders');
    assert.match(out, /^GET \/docs\/\.\.\/orders {2}-> {2}cluster orders\n/);
  });
});

describe('why tells what would pass', () => {
  const asked = (...args: string[]) => why('-c', file, '--jwks', `kc=${keys}`, ...args);
  const token = (more: object) => ['--token', signer.sign({ ...claims, ...more })];
  const cases: { name: string; args: string[]; want: RegExp }[] = [
    {
      name: 'a token, its place and its issuer, where there is none',
      args: ['/orders'],
      want: /would pass with: a token of kc in header authorization after "Bearer " \(claim iss = "https:\/\/idp\.test"\)\n/,
    },
    { name: 'an expiry', args: [...token({ exp: 1 }), '/orders'], want: /with: an exp that is not past\n/ },
    { name: 'no nbf', args: [...token({ nbf: 4e9 }), '/orders'], want: /with: no claim nbf\n/ },
    {
      name: 'another signature of the same claims',
      args: ['--token', stranger.sign(claims), '/orders'],
      want: /with: the token in header authorization after "Bearer " signed by a key of kc\n/,
    },
    {
      name: 'one more word in a scope',
      args: [...token({}), '-X', 'POST', '/orders'],
      want: /with: claim scope with "orders:write" too\n/,
    },
    {
      name: 'the method of another policy',
      args: [...token({}), '-X', 'POST', '/orders'],
      want: /with: method GET\n/,
    },
  ];
  for (const { name, args, want } of cases) {
    it(name, async () => assert.match((await asked(...args)).out, want));
  }
  it('but no token in a field that is dropped before anybody reads it', async () => {
    const dropped = config.replace(/( +)issuer: .*\n/, '$&$1from_headers: [{ name: TE }, { name: x-jwt }]\n');
    const { out } = await why('-c', fileOf('dropped.yaml', dropped), '/orders');
    assert.match(out, /would pass with: .*x-jwt/);
    assert.doesNotMatch(out, /header te\b/);
  });
  it('that nothing does, where a policy denies everything', async () => {
    const closed = config
      .replace('action: ALLOW', 'action: DENY')
      .replace('exact: GET', 'safe_regex: { regex: ".*" }');
    const { out } = await why('-c', fileOf('closed.yaml', closed), '/health/x');
    assert.match(out, /no request to this route passes: DENY policy "readers" matches every one\n/);
  });
  it('and says so as JSON', async () => {
    const { remedies } = JSON.parse((await asked('--json', ...token({ exp: 1 }), '/orders')).out);
    assert.deepEqual(remedies.wouldPassWith[0].changes, [{ kind: 'claim', text: 'an exp that is not past' }]);
    assert.equal(remedies.never, null);
  });
  it('each way once, in whatever order its changes were found', async () => {
    const { out } = await asked('--token', 'aeyJ', '/orders');
    const ways = out.matchAll(/would pass with: (.*)/g).map(([, way = '']) =>
      way
        .split(/, (?=a token|no token)/)
        .toSorted()
        .join(),
    );
    const all = [...ways];
    assert.ok(all.length > 1, out);
    assert.equal(new Set(all).size, all.length, out);
  });
  it('and nothing of the kind where it passes', async () => {
    assert.doesNotMatch((await asked(...token({}), '/orders')).out, /would pass/);
  });
});

describe('why takes what somebody wrote down', () => {
  const asked = (...args: string[]) => why('-c', file, '--jwks', `kc=${keys}`, ...args);
  it('an .http file, one tree for each request', async () => {
    const requests = fileOf('r.http', 'GET http://shop.test:8080/orders\n\n###\nGET /health\n');
    const { out } = await asked('--http', requests);
    assert.match(out, /^GET \/orders {2}-> {2}401 [\s\S]*\nGET \/health {2}-> {2}200 /);
    const { out: json } = await asked('--json', '--http', requests);
    assert.deepEqual(
      JSON.parse(json).map(({ status }: { status: number }) => status),
      [401, 200],
    );
  });
  it('with the variables of an .http file from the command line, and nothing else', async () => {
    const requests = fileOf('v.http', 'GET http://shop.test:8080/{{where}}\n');
    assert.match(
      (await asked('--http', requests, '--var', 'where=orders')).out,
      /^GET \/orders {2}-> {2}401 /,
    );
    const unknown = await asked('--http', requests, '--var', 'were=orders');
    assert.equal(unknown.exitCode, 2);
    assert.match(unknown.err, /v\.http:1: the variable `where` has no value/);
    const secret = await asked('--http', fileOf('s.http', 'GET /\nauthorization: Bearer {{token}}\n'));
    assert.match(
      secret.err,
      /s\.http:2: the variable `token` has no value; give it one .*`@token`, or with --var\n$/,
    );
    for (const args of [
      ['--var', 'a=b', '/x'],
      ['--http', requests, '--var', 'where'],
      ['--http', requests, '-XPUT'],
    ]) {
      assert.equal((await asked(...args)).exitCode, 2);
    }
  });
  it('what a running gate has kept, and nothing beside it that would have no part in it', async () => {
    const beside = [
      ['-c', file],
      ['-XPUT'],
      ['-H', 'a: b'],
      ['--connect-to', 'a:1:b:2'],
      ['--show-claims'],
      [file],
    ];
    for (const args of beside) {
      const { exitCode, err } = await why('--last', ...args);
      assert.equal(exitCode, 2);
      assert.match(
        err,
        /^jotgate: --(?:config|request|header|connect-to|show-claims) does not go with --last and --id/,
      );
    }
  });
  it('a command line of curl', async () => {
    const line = fileOf(
      'curl.txt',
      `curl -X POST 'http://shop.test:8080/orders' -H 'authorization: Bearer ${alice}'`,
    );
    assert.match((await asked('--curl', line)).out, /^POST \/orders {2}-> {2}403 /);
  });
  const LOG =
    '[2016-04-15T20:17:00.310Z] "GET /orders HTTP/1.1" 200 - 0 0 1 1 "-" "curl" "1" "shop.test" "10.0.0.1:80"';
  it('a line of an access log', async () => {
    assert.match((await asked('--from-log', LOG)).out, /^GET \/orders {2}-> {2}401 {2}Jwt is missing/);
  });
  it('a whole log, counted by what decides, with its place', async () => {
    const log = fileOf('access.log', [LOG, LOG.replace('/orders', '/health'), 'rubbish', LOG].join('\n'));
    const { out } = await asked('--log', log);
    assert.match(
      out,
      /^ {2}2 {2}401 Jwt is missing, by rule\[1\] .*envoy\.yaml:\d+\n.*access\.log:1 GET \/orders; 2 had another/,
    );
    assert.match(out, /3 requests of .*\n1 line is of no known format: .*access\.log:3\n$/);
    const { answers, unread } = JSON.parse((await asked('--json', '--log', log)).out);
    assert.deepEqual([answers.length, unread], [2, { count: 1, first: [3] }]);
  });
  it('and only one of them', async () => {
    const { exitCode, err } = await asked('--from-log', LOG, '--log', 'x');
    assert.equal(exitCode, 2);
    assert.match(err, /take the place of each other/);
  });
});

describe('why without keys', () => {
  it('says that the signature was not checked, and calls nothing ok that rests on it', async () => {
    const { out, exitCode } = await why('-c', file, '--token', alice, '--exit-code', '/orders');
    assert.equal(exitCode, 5);
    assert.match(out, /^GET \/orders {2}-> {2}cluster orders, IF what is marked \?\? holds\n/);
    assert.match(out, /\?\? {3}signature: not checked: no keys/);
    assert.match(out, /\?\? {3}jwt_authn/);
    assert.doesNotMatch(out, /ok {3}jwt_authn/);
  });

  it('still refuses what needs no key to be refused', async () => {
    const wrong = signer.sign({ ...claims, iss: 'https://other.test' });
    const { out } = await why('-c', file, '--token', wrong, '/orders');
    assert.match(out, /401 {2}Jwt issuer is not configured\n/);
  });

  it('fetches them when it is told to, as the gate would', async () => {
    const server = createServer((_, response) => response.end(signer.jwks)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const fetching = fileOf('fetching.yaml', configOf([ORDERS_RULE], port));
    const { out } = await why('-c', fetching, '--token', alice, '--fetch', '/orders');
    await new Promise((resolve) => server.close(resolve));
    assert.match(out, /^GET \/orders {2}-> {2}cluster orders\n/);
  });
});

describe('why with a server that answers something else than keys', () => {
  it('asks once for all that is tried, and says what the answer was', async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked++;
      response.setHeader('content-type', 'text/html').end('<html>please log in</html>');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const logged = fileOf('login.yaml', configOf([ORDERS_RULE], port));
    const { out } = await why('-c', logged, '--token', alice, '--fetch', '/orders');
    await new Promise((resolve) => server.close(resolve));
    assert.match(out, /401 {2}Jwks remote fetch is failed\n/);
    assert.match(
      out,
      /\n {2}network: no keys from http:\/\/idp\.test\/certs: the answer is no key set: Jwks is an invalid JSON\n/,
    );
    assert.equal(asked, 1);
  });
});

describe('why with keys that cannot be fetched', () => {
  const failing = fileOf('failing.yaml', configOf([ORDERS_RULE], 1));
  const cause = 'connection refused at 127.0.0.1:1 (ECONNREFUSED)';

  it('says which address gave none, and why, once', async () => {
    const { out } = await why('-c', failing, '--token', alice, '--fetch', '/orders');
    assert.match(out, /401 {2}Jwks remote fetch is failed\n/);
    assert.deepEqual(
      out.split('\n').filter((line) => line.includes('network')),
      [`  network: no keys from http://idp.test/certs: ${cause}`],
    );
  });

  it('says so in JSON too', async () => {
    const { out } = await why('-c', failing, '--token', alice, '--fetch', '--json', '/orders');
    assert.deepEqual(JSON.parse(out).network, [
      { message: 'no keys from http://idp.test/certs', cluster: 'idp', reason: cause },
    ]);
  });
});

describe('why with roots to trust', () => {
  const roots = rootCertificates[0] as string;

  it('refuses a file without a certificate, as `run` does, and says what --trust wants', async () => {
    const empty = fileOf('no-roots.pem', 'nothing of the kind\n');
    for (const args of [
      ['why', '-c', file, '--fetch', '--trust', empty, '/orders'],
      ['run', '-c', file, '--trust', empty],
    ]) {
      const { exitCode, err } = await runCli(args);
      assert.equal(exitCode, 2);
      assert.match(err, /`\S+no-roots\.pem` holds no PEM certificate; --trust wants the roots to trust\n/);
    }
  });

  it('refuses what is for the network where nothing is fetched', async () => {
    for (const args of [
      ['--trust', fileOf('roots.pem', roots)],
      ['--connect-to', 'a:1:127.0.0.1:2'],
    ]) {
      const { exitCode, err } = await why('-c', file, ...args, '/orders');
      assert.equal(exitCode, 2);
      assert.match(err, /^jotgate: --(?:trust|connect-to) is for --fetch/);
    }
  });

  it('takes them for a configuration that verifies nobody', async () => {
    const file = fileOf('plain.yaml', configOf([ORDERS_RULE], 1));
    const { exitCode, out } = await why('-c', file, '--fetch', '--trust', fileOf('roots.pem', roots), '/x');
    assert.equal(exitCode, 0);
    assert.match(out, /-> {2}cluster orders\n/);
  });
});

describe('lines and verdicts move with the file', () => {
  const verdictOf = async (name: string, text: string) => {
    const { out } = await why('-c', fileOf(name, text), 'http://shop.test/docs/x');
    return out;
  };

  it('ten lines on top move every line by ten', async () => {
    const moved = `${'# a comment\n'.repeat(10)}${config}`;
    const lines = (text: string) => [...text.matchAll(/\.yaml:(\d+)$/gm)].map((match) => Number(match[1]));
    const before = lines(await verdictOf('before.yaml', config));
    assert.ok(before.length > 3);
    assert.deepEqual(
      lines(await verdictOf('after.yaml', moved)),
      before.map((line) => line + 10),
    );
  });

  it('rules in another order decide otherwise', async () => {
    const everything =
      '                - match: { prefix: / }\n                  requires: { provider_name: kc }';
    const open = await verdictOf('open.yaml', configOf([DOCS_RULE, everything]));
    assert.match(open, /-> {2}cluster orders\n/);
    assert.match(open, /rule\[0\] prefix "\/docs" requires nothing/);
    const closed = configOf([everything, DOCS_RULE]);
    const shut = await verdictOf('closed.yaml', closed);
    assert.match(shut, /-> {2}401 {2}Jwt is missing\n/);
    assert.match(shut, new RegExp(`DENY jwt_authn {2}rule\\[0\\].*:${lineOf(closed, everything)}\n`));
  });
});

describe('why --json', () => {
  it('has the outcome, the reply and every step with its place', async () => {
    const { out } = await why('-c', file, '--json', '/orders');
    const document = JSON.parse(out);
    assert.equal(document.outcome, 'refused');
    assert.equal(document.status, 401);
    assert.equal(document.details, 'jwt_authn_access_denied{Jwt_is_missing}');
    assert.deepEqual(document.headers, [
      { name: 'www-authenticate', value: 'Bearer realm="http://localhost/orders"' },
      { name: 'content-type', value: 'text/plain' },
    ]);
    const filter = document.steps[0].steps.find((step: { kind: string }) => step.kind === 'filter');
    assert.equal(filter.verdict, 'deny');
    assert.equal(filter.steps[1].at.line, lineOf(config, ORDERS_RULE));
    assert.match(filter.steps[1].path, /rules\[1\]$/);
  });
});

describe('the listener of a request', () => {
  for (const [path, want] of [
    ['/health', ['ok', 'passes']],
    ['/orders', ['deny', 'refused']],
  ] as const) {
    it(`${path}: ${want.join(', ')}`, async () => {
      const open = fileOf(
        'open.yaml',
        configOf(['                - match: { prefix: /health }', ORDERS_RULE]),
      );
      const { steps, outcome } = JSON.parse((await why('-c', open, '--json', path)).out);
      assert.deepEqual([steps[0].verdict, outcome], want);
    });
  }
});

describe('what a gRPC client is told of a refusal', () => {
  const grpc = ['-X', 'POST', '-H', 'content-type: application/grpc'];
  it('is said besides the status', async () => {
    const { out } = await why('-c', file, ...grpc, '/orders/7');
    assert.match(out, /-> {2}401 {2}Jwt is missing\n/);
    assert.match(out, /\n {2}a gRPC client is told 200 with grpc-status: 16, grpc-message: Jwt is missing\n/);
  });
  it('is in the JSON', async () => {
    const {
      status,
      outcome,
      grpc: told,
    } = JSON.parse((await why('-c', file, '--json', ...grpc, '/orders')).out);
    assert.deepEqual([status, outcome, told.status], [401, 'refused', 200]);
    assert.deepEqual(told.headers, [
      { name: 'content-type', value: 'application/grpc' },
      { name: 'grpc-status', value: '16' },
      { name: 'grpc-message', value: 'Jwt is missing' },
    ]);
  });
  it('is nothing of its own for other clients, nor where the codec refuses', async () => {
    for (const args of [['/orders'], [...grpc, '-X', 'FOO', '/orders']])
      assert.equal(JSON.parse((await why('-c', file, '--json', ...args)).out).grpc, null);
  });
});

describe('wrong use of why is one sentence', () => {
  const table = [
    { name: 'no configuration', args: ['/x'], exitCode: 2, want: /-c FILE or --config-dump FILE/ },
    { name: 'no URL', args: ['-c', file], exitCode: 2, want: /url/ },
    { name: 'no path', args: ['-c', file, 'orders'], exitCode: 2, want: /neither a URL nor a path/ },
    {
      name: 'no such listener',
      args: ['-c', file, '--listener', 'x', '/'],
      exitCode: 2,
      want: /there are: front/,
    },
    {
      name: 'no such provider',
      args: ['-c', file, '--jwks', `x=${keys}`, '/'],
      exitCode: 2,
      want: /those that do: kc/,
    },
    {
      name: 'no such key file',
      args: ['-c', file, '--jwks', 'kc=/none', '/'],
      exitCode: 2,
      want: /there is no such file/,
    },
    {
      name: 'a key file that is no key set',
      args: ['-c', file, '--jwks', `kc=${file}`, '/'],
      exitCode: 3,
      want: /`: Jwks is an invalid JSON/,
    },
    {
      name: 'an exit code for a log',
      args: ['-c', file, '--log', file, '--exit-code'],
      exitCode: 2,
      want: /'--exit-code' cannot be used with option '--log/,
    },
    { name: 'no header', args: ['-c', file, '-H', 'x', '/'], exitCode: 2, want: /name: value/ },
    { name: 'an empty URL', args: ['-c', file, ''], exitCode: 2, want: /`` is neither a URL nor a path/ },
    {
      name: 'a control character in a header',
      args: ['-c', file, '-H', 'x: a\nb: c', '/'],
      exitCode: 2,
      want: /header `x` has a control character/,
    },
    {
      name: 'an escape in the path',
      args: ['-c', file, '/\u001B[2J'],
      exitCode: 2,
      want: /control character, which no request line/,
    },
    { name: 'no time', args: ['-c', file, '--at', 'noon', '/'], exitCode: 2, want: /--at `noon`/ },
  ];
  for (const { name, args, exitCode, want } of table) {
    it(name, async () => {
      const result = await why(...args);
      assert.equal(result.exitCode, exitCode);
      assert.match(result.err, want);
      assert.doesNotMatch(result.err, / at .*\.ts/);
    });
  }

  it('a configuration that cannot be run is told by its findings', async () => {
    const broken = fileOf('broken.yaml', config.replace('provider_name: kc', 'provider_name: kd'));
    const { exitCode, err } = await why('-c', broken, '/');
    assert.equal(exitCode, 3);
    assert.match(err, /kd/);
  });
});

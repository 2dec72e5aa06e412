import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCurl } from './parse-curl.ts';
import { parseHttpFile } from './parse-http-file.ts';
import { parseLogLine } from './parse-log-line.ts';
import { replayLog } from './replay-log.ts';

describe('a command line of curl', () => {
  const cases: { name: string; given: string; want: ReturnType<typeof parseCurl> }[] = [
    {
      name: 'a URL alone',
      given: 'curl a.test/x',
      want: { method: 'GET', url: 'http://a.test/x', headers: [] },
    },
    {
      name: 'as a browser copies it',
      given: "curl 'https://a.test/x?y=1' \\\n  -H 'authorization: Bearer t' \\\n  --compressed --insecure",
      want: { method: 'GET', url: 'https://a.test/x?y=1', headers: ['authorization: Bearer t'] },
    },
    {
      name: 'data make it a POST',
      given: `curl -sSL -d '{"a":"it'\\''s"}' -H "x: \\"q\\"" http://a.test`,
      want: {
        method: 'POST',
        url: 'http://a.test',
        headers: ['x: "q"', 'content-type: application/x-www-form-urlencoded', 'content-length: 12'],
      },
    },
    {
      name: 'options joined with their values',
      given: 'curl -XPUT -Hx:1 --header=y:2 --url=http://a.test -ofile',
      want: { method: 'PUT', url: 'http://a.test', headers: ['x:1', 'y:2'] },
    },
    {
      name: 'a bearer, a cookie, a user, a HEAD',
      given: "curl -I --oauth2-bearer t -b 'a=1' -u u:p http://a.test",
      want: {
        method: 'HEAD',
        url: 'http://a.test',
        headers: ['authorization: Bearer t', 'cookie: a=1', 'authorization: Basic dTpw'],
      },
    },
    {
      name: 'data of a GET are its query; $ quotes; a header that sends none',
      given: "curl -G --data a=1 -d b=2 -H $'x: a\\tb' -H 'accept:' http://a.test/x",
      want: { method: 'GET', url: 'http://a.test/x?a=1&b=2', headers: ['x: a\tb'] },
    },
    {
      name: 'a $ that no shell fills in is itself',
      given: `curl 'http://a.test/?$top=1' -H "x: \\$HOME" -H 'y: $A' -d "costs 5$"`,
      want: {
        method: 'POST',
        url: 'http://a.test/?$top=1',
        headers: [
          'x: $HOME',
          'y: $A',
          'content-type: application/x-www-form-urlencoded',
          'content-length: 8',
        ],
      },
    },
    {
      name: 'the value of an option that says nothing of the request is no URL',
      given: 'curl -Z --tlsv1 --proto =https --proxy-user u:p http://a.test --speed-time 9',
      want: { method: 'GET', url: 'http://a.test', headers: [] },
    },
    {
      name: 'a form with a file is a POST',
      given: 'curl -F a=b --form file=@x --form-string c=d http://a.test',
      want: {
        method: 'POST',
        url: 'http://a.test',
        headers: ['content-type: multipart/form-data; boundary=------------------------0'],
      },
    },
    {
      name: 'a file that is sent as it is is a PUT',
      given: 'curl -T x http://a.test/x',
      want: { method: 'PUT', url: 'http://a.test/x', headers: [] },
    },
    {
      name: 'a file that is sent by another method',
      given: 'curl -XPATCH --upload-file x http://a.test/x',
      want: { method: 'PATCH', url: 'http://a.test/x', headers: [] },
    },
    {
      name: 'data in several parts are as long as they are together',
      given: "curl -d a=1 --data-raw '@é' -H content-type:x http://a.test",
      want: { method: 'POST', url: 'http://a.test', headers: ['content-type:x', 'content-length: 7'] },
    },
    ...['-d @x', "--data-urlencode 'a=b c'", "-d a -H 'Transfer-Encoding: chunked'"].map((data) => ({
      name: `how long data are that are not here as they are sent is not known: ${data}`,
      given: `curl ${data} -H content-type:x http://a.test`,
      want: {
        method: 'POST',
        url: 'http://a.test',
        headers: data.includes('Transfer')
          ? ['Transfer-Encoding: chunked', 'content-type:x']
          : ['content-type:x'],
      },
    })),
    {
      name: 'data of megabytes',
      given: `curl -d '${'x'.repeat(12_000_000)}' -H "a: ${'x'.repeat(12_000_000)}" http://a.test`,
      want: {
        method: 'POST',
        url: 'http://a.test',
        headers: [
          `a: ${'x'.repeat(12_000_000)}`,
          'content-type: application/x-www-form-urlencoded',
          'content-length: 12000000',
        ],
      },
    },
  ];
  for (const { name, given, want } of cases) it(name, () => assert.deepEqual(parseCurl(given), want));
  const wrong: { given: string; want: RegExp }[] = [
    { given: 'wget http://a.test', want: /does not start with `curl`/ },
    { given: 'curl -H x:1', want: /has no URL/ },
    { given: "curl 'http://a.test", want: /not closed/ },
    {
      given: 'curl http://a.test -H "authorization: Bearer $TOKEN"',
      want: /has `\$TOKEN`, which only a shell/,
    },
    { given: 'curl http://a.test/${ID}', want: /has `\$\{ID\}`, which only a shell/ },
    { given: 'curl http://a.test -d "$(cat x)"', want: /has `\$\(`, which only a shell/ },
    { given: 'curl http://a.test http://b.test', want: /more than one URL/ },
    { given: 'curl http://a.test --url http://b.test', want: /more than one URL/ },
    { given: 'curl http://a.test -H @headers.txt', want: /`-H @FILE` is not read/ },
    { given: '', want: /does not start/ },
  ];
  for (const { given, want } of wrong) {
    it(`is not \`${given}\``, () => assert.throws(() => parseCurl(given), want));
  }
});

describe('an .http file', () => {
  it('has requests between ###, with variables, comments, bodies', () => {
    const text =
      '@host = http://a.test\n# one {{unknown}}\nPOST {{host}}/x HTTP/1.1\nX-A: 1\n// no header\n\n{"a": 1}\nX-C: é\n\n### two\n\nhttp://a.test/y\n  ?a=1\n  &b=2\n';
    assert.deepEqual(parseHttpFile(text, 'r.http'), [
      { method: 'POST', url: 'http://a.test/x', headers: ['X-A: 1', 'content-length: 16'] },
      { method: 'GET', url: 'http://a.test/y?a=1&b=2', headers: [] },
    ]);
  });

  const variables: { name: string; given: string; values?: [string, string][]; want: string }[] = [
    { name: 'of the command line win', given: '@a = 1\nGET /{{a}}', values: [['a', '2']], want: '/2' },
    {
      name: 'may be named as editors have it',
      given: 'GET /{{$guid}}',
      values: [['$guid', 'x']],
      want: '/x',
    },
    { name: 'stand for one another', given: '@b = {{ a }}/b\n@a = 1\nGET /{{b}}', want: '/1/b' },
    { name: 'hold from where they are defined', given: '@a = 1\nGET /{{a}}\n###\n@a = 2\n', want: '/1' },
    { name: 'may be defined below', given: 'GET /{{a}}\n###\n@a = 2\n', want: '/2' },
    { name: 'are not filled in twice', given: 'GET /{{a}}', values: [['a', '{{b}}']], want: '/{{b}}' },
  ];
  for (const { name, given, values, want } of variables) {
    it(`variables ${name}`, () => {
      assert.equal(parseHttpFile(given, 'r.http', new Map(values))[0]?.url, want);
    });
  }
  it('a variable without a value is an error at its line, and in a body leaves the length open', () => {
    const want =
      /^UserError: r\.http:2: the variable `token` has no value; give it one .*`@token`, or with --var$/;
    assert.throws(
      () => parseHttpFile('GET /x\nauthorization: Bearer {{token}}\n', 'r.http'),
      (error) => want.test(`UserError: ${(error as Error).message}`),
    );
    assert.throws(
      () => parseHttpFile('@a = {{b}}\n@b = {{a}}\nGET /{{a}}\n', 'r.http'),
      /r\.http:3: the variable/,
    );
    assert.deepEqual(parseHttpFile('POST /x\n\n{{unknown}}\n', 'r.http')[0]?.headers, []);
  });

  const bodies: { name: string; given: string; want: string[] }[] = [
    {
      name: 'a form of one field a line',
      given: 'Content-Type: application/x-www-form-urlencoded\n\na=1\n&b=2\n',
      want: ['content-length: 7'],
    },
    {
      name: 'what is done with the response',
      given: '\nabc\n\n> {% client.log(1) %}\nx\n',
      want: ['content-length: 3'],
    },
    { name: 'a length that is written', given: 'content-length: 9\n\nabc\n', want: ['content-length: 9'] },
    { name: 'a file', given: '\n< ./big.json\n', want: [] },
    { name: 'nothing but empty lines', given: '\n\n \n', want: [] },
  ];
  for (const { name, given, want } of bodies) {
    it(`a body: ${name}`, () => {
      const headers = parseHttpFile(`POST /x\n${given}`, 'r.http')[0]?.headers ?? [];
      assert.deepEqual(
        headers.filter((line) => line.startsWith('content-length')),
        want,
      );
    });
  }
  describe('whose variables multiply is refused at its line', () => {
    const doubling = Array.from(
      { length: 15 },
      (_, index) => `@v${index} = ${`{{v${index + 1}}}`.repeat(8)}`,
    );
    for (const last of ['@v15 = xyz', '@v15 =']) {
      const definitions = [...doubling, last].join('\n');
      for (const [name, use] of Object.entries({
        'in a URL': 'GET /{{v0}}',
        'in a header': 'GET /\nx: {{v0}}',
        'in a body': 'POST /\n\n{{v0}}',
      })) {
        const line = 16 + use.split('\n').length;
        it(`${name}, with \`${last}\``, () =>
          assert.throws(() => parseHttpFile(`${definitions}\n${use}\n`, 'r.http'), {
            message: `r.http:${line}: its variables make the file longer than 16 MiB`,
          }));
      }
    }
  });

  it('a URL without a scheme is of http', () => {
    assert.equal(parseHttpFile('GET a.test/x\n', 'r.http')[0]?.url, 'http://a.test/x');
  });
  it('says which line is wrong', () => {
    assert.throws(() => parseHttpFile('GET /x\nno header\n', 'r.http'), /r\.http:2 is no header/);
    assert.throws(() => parseHttpFile('GET a b c\n', 'r.http'), /r\.http:1 is no request line/);
    assert.throws(() => parseHttpFile('### nothing\n', 'r.http'), /has no request/);
  });
});

const LINE =
  '[2016-04-15T20:17:00.310Z] "POST /api/v1/locations HTTP/2" 204 - 154 0 226 100 "10.0.35.28" "nsq2http" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "locations" "tcp://10.0.2.1:80"';
const ISTIO =
  '[2020-11-25T21:26:18.409Z] "GET /status/418 HTTP/1.1" 403 - rbac_access_denied_matched_policy[none] - "-" 0 19 0 - "-" "curl/7.73.0-DEV" "84961386" "httpbin:8000" "-" inbound|8000|| - 10.44.1.27:80 10.44.1.23:37652 outbound_.8000_._.httpbin.foo.svc.cluster.local default';

describe('a line of an access log', () => {
  it('in Envoy’s default format', () => {
    assert.deepEqual(parseLogLine(LINE), {
      method: 'POST',
      url: '/api/v1/locations',
      headers: [
        'host: locations',
        'x-forwarded-for: 10.0.35.28',
        'user-agent: nsq2http',
        'x-request-id: cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2',
      ],
      peer: undefined,
      status: 204,
    });
  });
  it('in Istio’s', () => {
    const found = parseLogLine(ISTIO);
    assert.deepEqual(
      [found?.url, found?.status, found?.headers[0]],
      ['/status/418', 403, 'host: httpbin:8000'],
    );
  });
  it('in JSON, whatever its fields are called', () => {
    const line = JSON.stringify({
      method: 'GET',
      'x-envoy-original-path': '/a',
      authority: 'a.test',
      response_code: 200,
      downstream_remote_address: '10.1.1.1:5',
      user_agent: null,
      x_forwarded_for: '-',
    });
    const want = { method: 'GET', url: '/a', headers: ['host: a.test'], peer: '10.1.1.1', status: 200 };
    assert.deepEqual(parseLogLine(line), want);
  });
  const bad = [
    '',
    'x',
    '{',
    '[]',
    '{"method":"GET"}',
    '[t] "- - -" 400 DPE 0 11 0 - "-" "-" "-" "-" "-"',
    LINE.slice(0, 80),
  ];
  for (const line of bad) it(`is not \`${line.slice(0, 40)}\``, () => assert.equal(parseLogLine(line), null));
  it('is read in time that its length bounds', () => {
    assert.equal(parseLogLine(`[${'"'.repeat(60_000)}`), null);
    assert.equal(parseLogLine(`[t] "GET ${' '.repeat(60_000)}`), null);
  });
});

describe('a replay', () => {
  it('asks equal requests once, counts by answer, and numbers bad lines', async () => {
    let asked = 0;
    const replay = await replayLog(
      [LINE, 'bad', '', LINE.replace('cc21', 'dd21'), ISTIO].join('\n'),
      async (request) => {
        asked++;
        return { text: request.method, status: 401 };
      },
    );
    assert.equal(asked, 2);
    assert.deepEqual(
      replay.rows.map(({ answer, count, otherwise }) => [answer, count, otherwise]),
      [
        ['POST', 2, 2],
        ['GET', 1, 1],
      ],
    );
    assert.deepEqual([replay.lines, replay.bad], [4, { count: 1, first: [2] }]);
  });
});

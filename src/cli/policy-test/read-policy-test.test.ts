import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readPolicyTest } from './read-policy-test.ts';

const read = (text: string) => readPolicyTest({ name: 'a/shop.test.yaml', text });

const HEAD = `config: envoy.yaml
issuers: {kc: "http://idp/realms/shop"}
tokens:
  alice: {issuer: kc, sub: alice, roles: [1, two, true]}
  bob: {like: alice, sub: bob, without: roles, expires: -1s}
`;

describe('a file of policy tests', () => {
  it('has a case for each cell of its table, at the place of the cell', () => {
    const { test, problems } = read(`${HEAD}table: |
  request       none  alice  bob
  GET  /orders  401   200    -
  # a remark
  POST /orders  4xx   pass   deny
`);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      test?.cases.map(({ name, at, expect }) => [name, `${at.file}:${at.line}:${at.column}`, expect.status]),
      [
        ['GET /orders as none', 'a/shop.test.yaml:8:17', 401],
        ['GET /orders as alice', 'a/shop.test.yaml:8:23', 200],
        ['POST /orders as none', 'a/shop.test.yaml:10:17', '4xx'],
        ['POST /orders as alice', 'a/shop.test.yaml:10:23', 'pass'],
        ['POST /orders as bob', 'a/shop.test.yaml:10:30', 'deny'],
      ],
    );
    assert.deepEqual(
      test?.cases.map(({ request }) => request.as),
      [null, 'alice', null, 'alice', 'bob'],
    );
  });
  it('takes what is no word of its own as a claim, and a token like another without some', () => {
    const { test } = read(`${HEAD}cases: [{request: GET / as bob, expect: 200}]`);
    assert.deepEqual(test?.tokens.get('alice')?.claims, { sub: 'alice', roles: [1, 'two', true] });
    assert.deepEqual(test?.tokens.get('bob')?.claims, { sub: 'bob' });
    assert.equal(test?.tokens.get('bob')?.expires, -1);
    assert.deepEqual(test?.configs, ['a/envoy.yaml']);
  });
  it('reads a request in parts, and times from its clock', () => {
    const { test, problems } = read(`${HEAD}clock: 2026-03-01T00:00:00Z
cases:
- request: {method: PUT, url: "https://shop.test/x?y", as: alice, token_in: {cookie: jwt}, headers: {a: [1, 2]}, peer: 10.0.0.1, random_value: 7}
  after: 10m
  repeat: 3
  expect: {status: 200, last: {status: 429}, upstream: {cluster: shop, headers: {x-a: {absent: true}, x-b: {json: {n: 1}}}}}
`);
    assert.deepEqual(problems, []);
    const [one] = test?.cases ?? [];
    assert.deepEqual(one?.request, {
      method: 'PUT',
      url: 'https://shop.test/x?y',
      as: 'alice',
      tokenIn: { kind: 'cookie', name: 'jwt' },
      headers: ['a: 1', 'a: 2'],
      peer: '10.0.0.1',
      listener: undefined,
      randomValue: 7,
    });
    assert.equal(one?.nowMs, Date.parse('2026-03-01T00:10:00Z'));
    assert.equal(one?.repeat, 3);
    assert.equal(one?.expectLast?.status, 429);
    assert.deepEqual(one?.expect.upstream?.headers, [
      { name: 'x-a', want: { kind: 'absent' } },
      { name: 'x-b', want: { kind: 'json', json: { n: 1 } } },
    ]);
  });
});

const wrong: { name: string; given: string; want: string[] }[] = [
  { name: 'an empty text', given: '', want: ['1:1 the text is empty'] },
  {
    name: 'a word that no file has, and no configuration',
    given: 'tabel: x',
    want: [
      '1:1 a policy test has no `tabel`; it may have config, workload, gateway, upstream, clock, issuers, tokens, table, cases',
      '1:1 a policy test needs `config`: the files that it is about',
    ],
  },
  { name: 'nothing to do', given: HEAD, want: ['1:1 there is neither a `table` nor a case'] },
  {
    name: 'a row with a cell too few, and one with a cell that says nothing',
    given: `${HEAD}table: |\n          none alice\n  GET /a  200\n  GET /b  200  2000\n`,
    want: [
      '8:3 a row is a method, a path and 2 cells: one for each name above',
      '9:16 `2000` is no status: write 200, 4xx, pass, deny or -',
    ],
  },
  {
    name: 'a token that is called as no token is',
    given: `config: c.yaml
issuers: {i: https://i.test}
tokens:
  none: {issuer: i, alg: none}
cases: [{request: GET / as none, expect: 401}]`,
    want: ['4:3 `none` means no token: name this one otherwise'],
  },
  {
    name: 'tokens and issuers that are not there',
    given: `config: c.yaml
tokens:
  a: {issuer: nobody}
  b: {like: c}
cases: [{request: GET / as d, expect: 200}]`,
    want: [
      '4:13 there is no token `c` above this one',
      '3:3 there is no issuer `nobody`',
      '5:19 there is no token `d`',
    ],
  },
  {
    name: 'tokens that are like each other or themselves, once for each loop',
    given: `config: c.yaml
tokens:
  a: {like: b}
  b: {like: c}
  c: {like: a}
  d: {like: d}
  e: {like: a}
  f: {like: g}
  g: {text: x}
  h: {sub: y}
cases: [{request: GET / as d, expect: 200}]`,
    want: [
      '3:13 `a` is like `b` is like `c` is like `a`: a token is like one above it',
      '6:13 `d` is like `d`: a token is like one above it',
      '8:13 there is no token `g` above this one: it is below, and has to come first',
      '10:3 a token needs an `issuer`, or `like`, `text` or `file`',
    ],
  },
  {
    name: 'words where times, requests and parts should be',
    given: `${HEAD}  c: {like: bob, expires: soon, tampered: all, alg: RS1}
cases:
- {request: GET, expect: fine}
- {request: {as: bob}, expect: {statsu: 1}, repeat: 0}`,
    want: [
      '6:27 `expires` is a time such as 300s, 5m, 12h or -1s',
      '6:53 `RS1` is no algorithm',
      '6:43 `tampered` is `payload` or `signature`',
      '8:13 `GET` is no request such as `GET /orders as alice`',
      '8:26 `fine` is no status: write 200, 4xx, pass or deny',
      '9:13 a request needs `path` or `url`',
      '9:53 `repeat` is a number from 1',
      '9:33 an expectation has no `statsu`; it may have status, body, details, refused_by, headers, upstream, last',
    ],
  },
  {
    name: 'what is written twice',
    given: `${HEAD}  eve: {like: bob, sub: x}\n  eve: {like: bob, sub: y}
cases: [{request: GET / as bob, expect: 401}]
cases: [{request: GET / as bob, expect: 200, expect: 401}]`,
    want: [
      '9:1 `cases` is already written at line 8',
      '7:3 `eve` is already written at line 6',
      '9:46 `expect` is already written at line 9',
    ],
  },
  {
    name: 'what no client can send',
    given: `${HEAD}cases:
- {request: {method: G T, path: /a b, headers: {"bad name": x, good: "a\\u0001"}}, expect: 200}`,
    want: [
      '7:13 `G T` is no method',
      '7:13 a path has no blanks and no control characters: write `%20`',
      '7:13 `bad name` is no name of a header',
      '7:13 header `good` has a control character',
    ],
  },
];

describe('what is wrong with a file is told at its place, all of it', () => {
  for (const { name, given, want } of wrong) {
    it(name, () => {
      const { test, problems } = read(given);
      assert.equal(test, null);
      assert.deepEqual(
        problems.map(({ at, message }) => `${at.line}:${at.column} ${message}`),
        want,
      );
    });
  }
});

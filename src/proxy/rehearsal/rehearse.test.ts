import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTokenSigner, EXPIRES_LATE } from '../../../test/e2e/token-signer.ts';
import { compileScenes } from '../../../test/oracle/rehearsal/comparison.ts';
import { bootstrapOf, jwtAuthn, rbac, type Scene } from '../../../test/oracle/rehearsal/scene.ts';
import { ManualClock, type Step, TreeRecorder } from '../../base/index.ts';
import { buildRequestHead, type RequestWords, rehearse } from './index.ts';

const signer = createTokenSigner('ES256');
const token = signer.sign({ iss: 'i', sub: 'alice', exp: EXPIRES_LATE });

const scene: Scene = {
  name: 'front',
  manager: { normalize_path: true, path_with_escaped_slashes_action: 'UNESCAPE_AND_REDIRECT' },
  filters: [
    jwtAuthn({
      providers: {
        p: { issuer: 'i', local_jwks: { inline_string: signer.jwks }, payload_in_metadata: 'payload' },
      },
      rules: [{ match: { prefix: '/open' } }, { match: { prefix: '/' }, requires: { provider_name: 'p' } }],
    }),
    rbac({
      rules: {
        action: 'DENY',
        policies: {
          admin: { permissions: [{ url_path: { path: { prefix: '/admin' } } }], principals: [{ any: true }] },
        },
      },
    }),
  ],
  routeConfig: {
    virtual_hosts: [
      {
        name: 'all',
        domains: ['host.test'],
        routes: [
          {
            match: { path: '/open/teapot' },
            direct_response: { status: 418, body: { inline_string: 'short' } },
          },
          {
            match: { prefix: '/' },
            route: { cluster: 'origin', host_rewrite_literal: 'origin.test' },
            request_headers_to_add: [
              {
                header: {
                  key: 'x-sub',
                  value: '%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:payload:sub)%',
                },
              },
            ],
          },
        ],
      },
    ],
  },
};

const connection = {
  remoteAddress: '127.0.0.1',
  remotePort: 1,
  localAddress: '127.0.0.1',
  localPort: 1,
  serverName: '',
  tls: false,
};

const clock = new ManualClock(0);
const { compiled, errors } = compileScenes(bootstrapOf([scene], 1), clock);

function ask(
  path: string,
  more: Partial<RequestWords> = {},
  recorder: TreeRecorder | null = null,
  listener = 'front',
) {
  const words = {
    method: 'GET',
    scheme: 'http' as const,
    authority: 'host.test',
    path,
    headers: [],
    ...more,
  };
  return rehearse(compiled, { listener, request: buildRequestHead(words), connection }, clock, recorder);
}

const headers = [['Authorization', `Bearer ${token}`]] as const;

describe('a rehearsal', () => {
  it('compiles what control has loaded', () => assert.deepEqual(errors, []));

  it('forwards what the origin would be sent', async () => {
    const { status, forwarded, route } = await ask('/a', { headers });
    assert.equal(status, null);
    assert.equal(forwarded?.authority, 'origin.test');
    assert.equal(forwarded?.headers.get('x-sub'), 'alice');
    assert.equal(forwarded?.headers.has('authorization'), false);
    assert.equal(route?.virtualHost, 'all');
  });

  it('replies as the filters do', async () => {
    assert.equal((await ask('/a')).body, 'Jwt is missing');
    assert.equal((await ask('/admin', { headers })).details, 'rbac_access_denied_matched_policy[admin]');
  });

  it('replies as the routes do', async () => {
    const { status, body } = await ask('/open/teapot');
    assert.deepEqual([status, body], [418, 'short']);
    const nowhere = await ask('/open', { authority: 'elsewhere.test' });
    assert.deepEqual([nowhere.status, nowhere.details], [404, 'route_not_found']);
  });

  it('sees the path that the connection manager makes of it', async () => {
    assert.equal((await ask('/open/../admin', { headers })).status, 403);
    assert.equal((await ask('/open/../a')).status, 401);
    const redirected = await ask('/open%2Fa');
    assert.deepEqual([redirected.status, redirected.headers], [307, [['location', '/open/a']]]);
  });

  it('has no listener, no reply', async () => {
    assert.equal((await ask('/', {}, null, 'none')).details, 'no listener');
  });

  it('says the same with and without a recorder, and the recorder has the way', async () => {
    for (const path of ['/a', '/open', '/admin', '/open/teapot']) {
      for (const given of [[], headers]) {
        const recorder = new TreeRecorder();
        const recorded = await ask(path, { headers: given }, recorder);
        const plain = await ask(path, { headers: given });
        assert.deepEqual(
          [recorded.status, recorded.body, recorded.details],
          [plain.status, plain.body, plain.details],
        );
        assertClosed(recorder.root);
        assert.equal(
          recorder.root.steps[0]?.verdict,
          recorded.status === 401 || recorded.status === 403 || recorded.status === 418 ? 'deny' : 'ok',
        );
      }
    }
  });
});

/** Whatever was opened lies under the one listener: every step was closed. */
function assertClosed(root: Step): void {
  assert.deepEqual(
    root.steps.map(({ kind }) => kind),
    ['listener'],
  );
  assert.deepEqual(
    [...new Set(root.steps[0]?.steps.map(({ kind }) => kind))],
    ['filter chain', 'virtual host', 'filter'],
  );
}

describe('a reply that the configuration tells in other words', () => {
  it('has them in a rehearsal, and the recorder says so', async () => {
    const told = compileScenes(
      bootstrapOf(
        [
          {
            ...scene,
            name: 'told',
            manager: {
              local_reply_config: {
                mappers: [
                  {
                    filter: {
                      status_code_filter: {
                        comparison: { op: 'EQ', value: { default_value: 401, runtime_key: 'x' } },
                      },
                    },
                    status_code: 302,
                    headers_to_add: [{ header: { key: 'location', value: 'https://login.test/' } }],
                  },
                ],
                body_format: { json_format: { message: '%LOCAL_REPLY_BODY%' } },
              },
            },
          },
        ],
        1,
      ),
      clock,
    );
    assert.deepEqual(told.errors, []);
    const recorder = new TreeRecorder();
    const request = buildRequestHead({
      method: 'GET',
      scheme: 'http',
      authority: 'host.test',
      path: '/a',
      headers: [],
    });
    const verdict = await rehearse(told.compiled, { request, connection }, clock, recorder);
    assert.deepEqual([verdict.status, verdict.body], [302, '{"message":"Jwt is missing"}\n']);
    assert.equal(verdict.headers.find(([name]) => name === 'location')?.[1], 'https://login.test/');
    assertClosedBy('local reply', recorder.root);
  });
});

function assertClosedBy(kind: string, root: Step): void {
  const last = root.steps[0]?.steps.at(-1);
  assert.deepEqual([last?.kind, last?.text], [kind, '401 is told as 302']);
}

describe('a head made of words', () => {
  it('is what the codec would make of them', () => {
    const head = buildRequestHead({
      method: 'GET',
      scheme: 'http',
      authority: 'a',
      path: '/é',
      headers: [
        ['Host', 'b'],
        ['X-A', ' 1\t'],
        ['x-a', '2'],
        ['Authorization', 'x'],
        ['authorization', 'y'],
      ],
    });
    assert.equal(head.authority, 'b');
    assert.equal(head.path, '/\xc3\xa9');
    assert.deepEqual(head.headers.names, ['x-a', 'x-a', 'authorization']);
    assert.deepEqual(head.headers.values, ['1', '2', 'x,y']);
  });

  const te: { name: string; given: string[]; want: string[] }[] = [
    { name: 'a word for trailers alone', given: ['gzip, trailers'], want: ['trailers'] },
    { name: 'nothing else, a token neither', given: ['a.b.c'], want: [] },
    { name: 'of two lines', given: ['gzip', 'trailers'], want: ['trailers'] },
    { name: 'an empty field', given: [''], want: [''] },
  ];
  for (const { name, given, want } of te) {
    it(`keeps of te ${name}`, () => {
      const headers = given.map((value) => ['TE', value] as const);
      const words = { method: 'GET', scheme: 'http', authority: 'a', path: '/', headers } as const;
      assert.deepEqual(buildRequestHead(words).headers.values, want);
    });
  }
});

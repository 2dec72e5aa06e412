import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildRequestHead } from '../rehearsal/build-request.ts';
import { DEFAULT_HTTP_OPTIONS, type HttpOptions } from './http-options.ts';
import { mistakesTransport, prepareRequest } from './prepare-request.ts';
import { REFUSAL } from './refusal.ts';

const connection = {
  remoteAddress: '192.0.2.1',
  remotePort: 1,
  localAddress: '192.0.2.2',
  localPort: 80,
  serverName: '',
  tls: false,
};

function prepare(headers: [string, string][], options: Partial<HttpOptions>) {
  const request = buildRequestHead({
    method: 'GET',
    scheme: 'http',
    authority: 'host.test',
    path: '/',
    headers,
  });
  const refusal = prepareRequest(request, connection, { ...DEFAULT_HTTP_OPTIONS, ...options });
  return { refusal, request };
}

describe('the client’s address', () => {
  const forwarded: [string, string][] = [['x-forwarded-for', '10.1.1.1, 10.2.2.2']];
  const table = [
    { name: 'is the last that was forwarded', options: {}, want: '10.2.2.2' },
    { name: 'is as many before it as hops are trusted', options: { trustedHops: 1 }, want: '10.1.1.1' },
    { name: 'is the peer’s where there are not so many', options: { trustedHops: 2 }, want: undefined },
    {
      name: 'is the peer’s where the peer is the client',
      options: { useRemoteAddress: true },
      want: undefined,
    },
    {
      name: 'is what the trusted peer says where the peer counts and is trusted',
      options: { useRemoteAddress: true, trustedHops: 1 },
      want: '10.2.2.2',
    },
  ] as const;
  for (const { name, options, want } of table) {
    it(name, () => assert.equal(prepare(forwarded, options).request.clientAddress, want));
  }

  it('is told to the origin where outsiders are cleaned up after', () => {
    const { request } = prepare(forwarded, { useRemoteAddress: true, trustedHops: 1 });
    assert.equal(request.headers.get('x-envoy-external-address'), '10.2.2.2');
    assert.equal(request.headers.get('x-forwarded-for'), '10.1.1.1, 10.2.2.2,192.0.2.1');
  });
});

describe('a referer', () => {
  const table = [
    { name: 'stays where it is a URI', given: 'http://a/b?c', want: 'http://a/b?c' },
    { name: 'is gone before anybody looks at it where it is none', given: 'Bearer a.b.c', want: undefined },
  ] as const;
  for (const { name, given, want } of table) {
    it(name, () => assert.equal(prepare([['referer', given]], {}).request.headers.get('referer'), want));
  }
});

describe('an escaped slash that is to be unescaped by redirection', () => {
  const options = { escapedSlashes: 'redirect' } as const;
  const ask = (headers: [string, string][]) => {
    const words = { method: 'GET', scheme: 'http', authority: 'host.test', path: '/a%2fb', headers } as const;
    return prepareRequest(buildRequestHead(words), connection, { ...DEFAULT_HTTP_OPTIONS, ...options });
  };
  it('redirects', () => assert.deepEqual(ask([]), { redirect: '/a/b' }));
  it('refuses a gRPC client, which follows no redirect', () => {
    assert.deepEqual(ask([['content-type', 'application/grpc']]), REFUSAL.badPath);
  });
});

describe('x-forwarded-proto', () => {
  const claim: [string, string][] = [['x-forwarded-proto', 'https']];
  const table = [
    { name: 'is believed of a peer that is not the client', options: {}, want: 'https' },
    { name: 'is not believed of the client', options: { useRemoteAddress: true }, want: 'http' },
    {
      name: 'is believed of a trusted proxy',
      options: { useRemoteAddress: true, trustedHops: 1 },
      want: 'https',
    },
  ] as const;
  for (const { name, options, want } of table) {
    it(name, () => {
      const { request } = prepare(claim, options);
      assert.deepEqual([request.scheme, request.headers.get('x-forwarded-proto')], [want, want]);
    });
  }
});

describe('the host', () => {
  const table: { given: string; options: Partial<HttpOptions>; want: string }[] = [
    { given: 'h:80', options: {}, want: 'h:80' },
    { given: 'h:80', options: { stripsHostPort: 'matching' }, want: 'h' },
    { given: 'h:81', options: { stripsHostPort: 'matching' }, want: 'h:81' },
    { given: 'h:81', options: { stripsHostPort: 'any' }, want: 'h' },
    { given: '[::1]:81', options: { stripsHostPort: 'any' }, want: '[::1]' },
    { given: '[::1]', options: { stripsHostPort: 'any' }, want: '[::1]' },
    { given: 'h:', options: { stripsHostPort: 'any' }, want: 'h:' },
    { given: 'h.', options: { stripsHostDot: true }, want: 'h' },
    { given: 'h..', options: { stripsHostDot: true }, want: 'h.' },
    { given: 'h.:80', options: { stripsHostDot: true }, want: 'h:80' },
    { given: 'a.h:80', options: { stripsHostDot: true }, want: 'a.h:80' },
    { given: 'h.:80', options: { stripsHostDot: true, stripsHostPort: 'any' }, want: 'h' },
  ];
  for (const { given, options, want } of table) {
    it(`${given} is ${want} with ${JSON.stringify(options)}`, () => {
      const { request } = prepare([['host', given]], options);
      assert.equal(request.authority, want);
    });
  }
});

describe('what else is said of the way here', () => {
  const table: {
    name: string;
    headers: [string, string][];
    options: Partial<HttpOptions>;
    want: [string, string];
  }[] = [
    {
      name: 'the port',
      headers: [],
      options: { appendsForwardedPort: true },
      want: ['x-forwarded-port', '80'],
    },
    {
      name: 'the port that a proxy in front says',
      headers: [['x-forwarded-port', '9']],
      options: { appendsForwardedPort: true },
      want: ['x-forwarded-port', '9'],
    },
    {
      name: 'the port whatever the client says',
      headers: [['x-forwarded-port', '9']],
      options: { appendsForwardedPort: true, useRemoteAddress: true },
      want: ['x-forwarded-port', '80'],
    },
    { name: 'via', headers: [], options: { via: 'gw' }, want: ['via', 'gw'] },
    {
      name: 'the cluster of the process that asks',
      headers: [['x-envoy-downstream-service-cluster', 'forged']],
      options: { ownName: { cluster: 'c', id: 'n' } },
      want: ['x-envoy-downstream-service-cluster', 'c'],
    },
    {
      name: 'its name',
      headers: [],
      options: { ownName: { cluster: 'c', id: 'n' } },
      want: ['x-envoy-downstream-service-node', 'n'],
    },
    {
      name: 'its cluster as the agent of a client that has none',
      headers: [['user-agent', '']],
      options: { ownName: { cluster: 'c', id: '' } },
      want: ['user-agent', 'c'],
    },
    {
      name: 'the client’s own agent',
      headers: [['user-agent', 'x']],
      options: { ownName: { cluster: 'c', id: 'n' } },
      want: ['user-agent', 'x'],
    },
    {
      name: 'via behind another',
      headers: [['via', '1.0 a']],
      options: { via: 'gw' },
      want: ['via', '1.0 a, gw'],
    },
  ];
  for (const { name, headers, options, want } of table) {
    it(name, () => assert.equal(prepare(headers, options).request.headers.get(want[0]), want[1]));
  }
});

describe('a target of `https` in clear text', () => {
  for (const [useRemoteAddress, trustedHops, want] of [
    [true, 0, true],
    [true, 1, false],
    [false, 0, false],
  ] as const) {
    it(`is ${want ? 'refused' : 'taken'}: use_remote_address ${useRemoteAddress}, ${trustedHops} trusted hops`, () => {
      const options = { ...DEFAULT_HTTP_OPTIONS, useRemoteAddress, trustedHops };
      assert.equal(mistakesTransport({ scheme: 'https' }, connection, options), want);
      assert.equal(mistakesTransport({ scheme: 'https' }, { ...connection, tls: true }, options), false);
    });
  }

  it('is no gRPC to whoever is told of it, for the codec refuses it', () =>
    assert.equal(REFUSAL.schemeMismatch.details, 'http1.https_url_on_plaintext_connection'));
});

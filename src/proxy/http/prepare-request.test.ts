import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildRequestHead } from '../rehearsal/build-request.ts';
import { DEFAULT_HTTP_OPTIONS, type HttpOptions } from './http-options.ts';
import { prepareRequest } from './prepare-request.ts';
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

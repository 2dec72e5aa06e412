import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadIstio } from '../../src/control/istio/index.ts';
import { type Gate, startGate } from '../../src/server/index.ts';
import { conformanceFolder } from '../conformance/conformance-data.ts';
import { type Origin, startOrigin } from '../oracle/origin.ts';

// The rows of istio.md §3.5.2 that have keys by an address: `remote`, `timeout`, `invalid-jwks`, with Istio's own tokens.

const folder = conformanceFolder('istio/jwt');

interface Group {
  name: string;
  /** More of the rule. */
  rule: string;
  path: '/keys' | '/late' | '/gone';
  rows: readonly { token: string | null; want: number; forwarded?: boolean }[];
}

const GROUPS: readonly Group[] = [
  {
    name: 'remote: keys by an address, the token is forwarded',
    rule: 'forwardOriginalToken: true',
    path: '/keys',
    rows: [
      { token: 'TokenIssuer1', want: 200, forwarded: true },
      { token: 'TokenExpired', want: 401 },
      { token: null, want: 200 },
    ],
  },
  {
    name: 'timeout: keys that come later than that are none',
    rule: 'timeout: 10ms',
    path: '/late',
    rows: [
      { token: 'TokenIssuer1', want: 401 },
      { token: null, want: 200 },
    ],
  },
  {
    name: 'invalid-jwks: an address where there are none',
    rule: 'forwardOriginalToken: false',
    path: '/gone',
    rows: [
      { token: 'TokenIssuer1', want: 401 },
      { token: 'TokenExpired', want: 401 },
      { token: null, want: 200 },
    ],
  },
];

if (folder !== null) {
  const tokens = JSON.parse(readFileSync(join(folder, 'tokens.json'), 'utf8')) as Record<string, string>;
  const jwks = readFileSync(join(folder, 'jwks.json'), 'utf8');
  for (const { name, rule, path, rows } of GROUPS) {
    describe(name, () => {
      let origin: Origin;
      let keys: Origin;
      let gate: Gate;
      before(async () => {
        origin = await startOrigin();
        keys = await startOrigin(({ url }, response) => {
          if (url === '/gone') response.writeHead(404).end();
          else if (url === '/late') setTimeout(() => response.end(jwks), 500).unref();
          else response.end(jwks);
        });
        const text = `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: jwt, namespace: foo }
spec:
  jwtRules: [{ issuer: test-issuer-1@istio.io, jwksUri: "http://127.0.0.1:${keys.port}${path}", ${rule} }]
`;
        const { snapshot, provenance } = loadIstio([{ name: 'istio.yaml', text }], {
          upstream: `http://127.0.0.1:${origin.port}`,
          listen: { address: '127.0.0.1', port: 0 },
        });
        assert.ok(snapshot);
        gate = await startGate({ snapshot, provenance, admin: false });
      });
      after(async () => {
        await gate?.close();
        await keys?.close();
        await origin?.close();
      });
      for (const { token, want, forwarded } of rows) {
        it(`${token ?? 'no token'}: ${want}`, async () => {
          origin.requests.length = 0;
          const headers: Record<string, string> = {};
          if (token !== null) headers['authorization'] = `Bearer ${tokens[token]}`;
          const { status } = await fetch(`http://127.0.0.1:${gate.listeners[0]?.port}/`, { headers });
          assert.equal(status, want);
          const seen = origin.requests[0]?.headers['authorization'];
          if (want === 200) assert.equal(seen, forwarded === true ? headers['authorization'] : undefined);
        });
      }
    });
  }
}

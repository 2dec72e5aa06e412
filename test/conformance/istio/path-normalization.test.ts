import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../src/base/index.ts';
import { loadIstio, parseMesh } from '../../../src/control/istio/index.ts';
import { buildRequestHead, compileSnapshot, rehearse } from '../../../src/proxy/rehearsal/index.ts';

const CLOCK = new ManualClock(0);
const CONNECTION = {
  remoteAddress: '127.0.0.1',
  remotePort: 50_000,
  localAddress: '127.0.0.1',
  localPort: 8080,
  serverName: '',
  tls: false,
};

/** A policy of some kind: without one there would be no set. */
const MANIFEST = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: p, namespace: foo }
spec: { rules: [{}] }
`;

function compile(normalization: string) {
  const { mesh } = parseMesh({
    name: 'mesh.yaml',
    text: `pathNormalization: { normalization: ${normalization} }\n`,
  });
  assert.ok(mesh);
  const { snapshot, findings } = loadIstio([{ name: 'i.yaml', text: MANIFEST }], {
    upstream: 'http://127.0.0.1:9000',
    mesh,
  });
  assert.ok(snapshot);
  return compileSnapshot(snapshot, { findings, clock: CLOCK, jwks: null });
}

/** What the origin sees (istio.md §2.8, §3.4), or the status of a refusal. */
const PAIRS: Readonly<Record<string, readonly (readonly [given: string, want: string | number])[]>> = {
  NONE: [
    ['/', '/'],
    ['/app/../admin', '/app/../admin'],
    ['/app//', '/app//'],
    ['/app%2f', '/app%2f'],
    ['/xyz%30..//abc', '/xyz%30..//abc'],
    ['/app\\admin', '/app\\admin'],
  ],
  BASE: [
    ['/', '/'],
    ['/app/../admin', '/admin'],
    ['/app/./admin', '/app/admin'],
    ['/app\\admin', '/app/admin'],
    ['/app//', '/app//'],
    ['/app%2f', '/app%2f'],
    ['/app%5c', '/app%5c'],
    ['/xyz%30..//abc', '/xyz0..//abc'],
    ['/%2e%2e/admin', '/admin'],
    ['/admin%00', 400],
  ],
  MERGE_SLASHES: [
    ['/app//', '/app/'],
    ['/app//admin', '/app/admin'],
    ['/app/../admin', '/admin'],
    ['/app%2f%2f', '/app%2f%2f'],
    ['/xyz%30..//abc', '/xyz0../abc'],
  ],
  DECODE_AND_MERGE_SLASHES: [
    ['/app%2f/', '/app/'],
    ['/app%2F/', '/app/'],
    ['/app%5c', '/app/'],
    ['/app%5C%5c', '/app/'],
    ['/app%2f..%2fadmin', '/admin'],
    ['/app%252fadmin', '/app%252fadmin'],
    ['/app%c0%afadmin', '/app%c0%afadmin'],
    ['/app;x=1/admin', '/app;x=1/admin'],
    ['/APP', '/APP'],
    ['/admin%00', 400],
  ],
};

/** Every escaped byte behind `/admin`: only what needs no escape, and slashes, are decoded. */
function escapedBytes(): [given: string, want: string][] {
  return Array.from({ length: 255 }, (_, index) => {
    const byte = index + 1;
    const escaped = `/admin%${byte.toString(16).padStart(2, '0')}`;
    const char = String.fromCharCode(byte);
    if (char === '/' || char === '\\') return [escaped, '/admin/'];
    return [escaped, /[A-Za-z0-9._~-]/.test(char) ? `/admin${char}` : escaped];
  });
}

describe('the path that the origin sees', () => {
  const table = { ...PAIRS, DEFAULT: PAIRS['BASE'] ?? [] };
  for (const [mode, pairs] of Object.entries(table)) {
    const snapshot = compile(mode);
    const all = mode === 'DECODE_AND_MERGE_SLASHES' ? [...pairs, ...escapedBytes()] : pairs;
    for (const [given, want] of all) {
      it(`${mode}: ${given} → ${want}`, async () => {
        const words = { method: 'GET', scheme: 'http' as const, authority: 'a', path: given, headers: [] };
        const request = buildRequestHead(words);
        const { status, forwarded } = await rehearse(
          snapshot,
          { request, connection: CONNECTION },
          CLOCK,
          null,
        );
        assert.equal(status ?? forwarded?.path, want);
      });
    }
  }
});

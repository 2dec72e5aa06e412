import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { CliIo } from '../io.ts';
import { runProgram } from '../program.ts';

const folder = mkdtempSync(join(tmpdir(), 'eject-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const jwt = (jwks: string) => `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: jwt, namespace: foo }
spec:
  jwtRules:
  - { issuer: a, jwks: '${jwks}' }
`;

async function eject(files: Record<string, string>) {
  const said = { out: '', err: '' };
  const io: CliIo = {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    readStdin: async () => '',
    color: false,
    exitCode: 0,
  };
  const paths = Object.entries(files).map(([name, text]) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  });
  const code = await runProgram(['eject', ...paths], io);
  return { code, ...said };
}

describe('`eject`', () => {
  it('prints nothing that Envoy refuses: a key set without keys, which Istio takes', async () => {
    const { code, out, err } = await eject({ 'i.yaml': jwt('{"keys":[]}') });
    assert.deepEqual([code, out], [3, '']);
    assert.match(err, /error\[E213\][^\n]+invalid local jwks[^\n]+\n.*i\.yaml:6:/);
  });
  it('passes Envoy’s own files over by name', async () => {
    const key = '{"keys":[{"kty":"oct","k":"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE"}]}';
    const { code, out, err } = await eject({ 'i.yaml': jwt(key), 'envoy.yaml': 'static_resources: {}\n' });
    assert.equal(code, 0, err);
    assert.match(err, /envoy\.yaml: no Istio manifest, has no part in this/);
    assert.match(out, /origins-0/);
  });
  it('of Envoy’s own files alone is wrong use', async () => {
    assert.equal((await eject({ 'envoy.yaml': 'static_resources: {}\n' })).code, 2);
  });
});

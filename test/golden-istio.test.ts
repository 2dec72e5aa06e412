import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ejectBootstrap, loadIstio } from '../src/control/istio/index.ts';

const folder = join(import.meta.dirname, 'golden', 'istio');

/** `UPDATE_GOLDENS=1 node --test test/golden-istio.test.ts` writes them anew. */
const updating = process.env['UPDATE_GOLDENS'] === '1';

describe('manifests become the Envoy configuration beside them', () => {
  for (const name of readdirSync(folder).sort()) {
    it(name, () => {
      const text = readFileSync(join(folder, name, 'istio.yaml'), 'utf8');
      const { snapshot, findings } = loadIstio([{ name: 'istio.yaml', text }], {
        upstream: 'http://127.0.0.1:9000',
      });
      assert.deepEqual(
        findings.list.filter(({ severity }) => severity === 'error'),
        [],
      );
      assert.ok(snapshot);
      const made = ejectBootstrap(snapshot);
      const file = join(folder, name, 'envoy.yaml');
      if (updating) writeFileSync(file, made);
      assert.ok(existsSync(file), 'there is no golden: write it with UPDATE_GOLDENS=1');
      assert.equal(made, readFileSync(file, 'utf8'));
    });
    it(`${name} has nothing in its folder that no test reads`, () => {
      assert.deepEqual(readdirSync(join(folder, name)).sort(), ['envoy.yaml', 'istio.yaml']);
    });
  }
});

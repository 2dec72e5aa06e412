import assert from 'node:assert/strict';
import { globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { renderFinding } from '../src/cli/render-finding.ts';
import { renderOptionsOf } from '../src/cli/render-options.ts';
import { validateSources } from '../src/cli/validate-source.ts';
import { looksLikeManifests } from '../src/control/config/index.ts';
import { findEnvoy, validateWithEnvoy } from './oracle/envoy-process.ts';

/** `UPDATE_GOLDENS=1 node --test test/golden-lints.test.ts` writes the expected texts anew. */
const updating = process.env['UPDATE_GOLDENS'] === '1';
const root = join(import.meta.dirname, '..');
const folder = join(import.meta.dirname, 'golden', 'lints');
const names = readdirSync(folder).sort();

async function findingsIn(path: string, name: string) {
  const source = { name, text: readFileSync(path, 'utf8') };
  const { findings } = await validateSources([source], { strict: false, env: {} });
  const options = renderOptionsOf([source], false);
  return { findings, text: findings.map((finding) => renderFinding(finding, options)).join('\n') };
}

/** Those that are told by another code: what refuses the file, and what the data path itself finds. */
const TOLD_AS: Readonly<Record<string, string>> = { L12: 'W213', L18: 'E106' };
const codeOf = (name: string) => TOLD_AS[name] ?? name;

describe('each trap has a file that falls into it and a twin that does not', () => {
  it('there are 31', () => assert.equal(names.length, 31));
  for (const name of names) {
    it(`${name}: is found at its place, with its words`, async () => {
      const { findings, text } = await findingsIn(join(folder, name, 'bad.yaml'), 'bad.yaml');
      const expected = join(folder, name, 'expected.txt');
      if (updating) writeFileSync(expected, text);
      assert.equal(text, readFileSync(expected, 'utf8'));
      assert.equal(findings.filter(({ code }) => code === codeOf(name)).length, 1);
      assert.ok(
        findings.every(({ code, at }) => at !== undefined && (code === codeOf(name) || isNotDone(code))),
      );
    });
    it(`${name}: is not found in the corrected twin, nor anything else`, async () => {
      const { findings } = await findingsIn(join(folder, name, 'good.yaml'), 'good.yaml');
      assert.deepEqual(
        findings.filter(({ code }) => !isNotDone(code)),
        [],
      );
    });
    it(`${name}: the folder holds nothing else`, () => {
      assert.deepEqual(readdirSync(join(folder, name)).sort(), ['bad.yaml', 'expected.txt', 'good.yaml']);
    });
  }
});

/** The filter that L17 is about. */
const isNotDone = (code: string) => code === 'E301' || code === 'E302';

/** The article's file, whose traps are what it is there for. */
const WITH_TRAPS = ['examples/01-front-proxy/envoy-jwt.yaml'];

describe('no finding on the examples, and what has the shape of known samples, that are right', () => {
  const files = globSync(['examples/*/*.yaml', 'test/golden/right/*.yaml'], { cwd: root }).filter(
    (file) => !file.endsWith('.test.yaml'),
  );
  for (const file of files.filter((one) => !WITH_TRAPS.includes(one))) {
    it(file, async () => assert.deepEqual((await findingsIn(join(root, file), file)).findings, []));
  }
  it("the article's file has L19, L20, L21, L26 and L27, at their lines", async () => {
    const file = relative(root, join(root, WITH_TRAPS[0] as string));
    const { findings } = await findingsIn(join(root, file), file);
    assert.deepEqual(
      findings.map(({ code, at }) => `${code} ${at?.line}`),
      ['L21 35', 'L19 51', 'L20 51', 'L26 64', 'L27 74'],
    );
  });
});

/** Those that Envoy 1.40 does not load at all. */
const REFUSED_BY_ENVOY = new Set(['L18', 'L27']);

if (findEnvoy() !== null) {
  describe('the real Envoy loads what is right', () => {
    for (const file of globSync('test/golden/right/envoy-*.yaml', { cwd: root })) {
      it(file, () => assert.ok(validateWithEnvoy(readFileSync(join(root, file), 'utf8')).ok));
    }
  });
  describe('the real Envoy does with each file what the finding says', () => {
    for (const name of names) {
      const [bad, good] = ['bad', 'good'].map((one) =>
        readFileSync(join(folder, name, `${one}.yaml`), 'utf8'),
      );
      if (bad === undefined || good === undefined || looksLikeManifests({ name, text: good })) continue;
      it(name, () => {
        assert.equal(validateWithEnvoy(bad).ok, !REFUSED_BY_ENVOY.has(name));
        assert.ok(validateWithEnvoy(good).ok);
      });
    }
  });
}

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { conformanceFolder } from '../conformance-data.ts';
import { answerOf, countTexts, type Setting } from './policy-set.ts';

interface Recorded extends Setting {
  validate: Record<string, unknown>[];
  translate: Record<string, unknown>;
}

/** Sets whose answer is known to differ from istiod's. It must shrink: a set in here that agrees is a failure too. */
const KNOWN_FAILING: ReadonlySet<string> = new Set();

const folder = conformanceFolder('istio/recorded');

if (folder !== null) {
  const sets = readdirSync(folder)
    .filter((file) => file.endsWith('-in.yaml'))
    .map((file) => file.slice(0, -'-in.yaml'.length))
    .sort();

  describe(`istiod's own answers, ${sets.length - KNOWN_FAILING.size} of ${sets.length} sets`, () => {
    it('are at hand', () => assert.ok(sets.length > 0));
    for (const set of sets) {
      const input = readFileSync(join(folder, `${set}-in.yaml`), 'utf8');
      const recorded = JSON.parse(readFileSync(join(folder, `${set}-out.json`), 'utf8')) as Recorded;
      const { fetched: _, ...translate } = recorded.translate;
      it(`set ${set} is admitted and translated as istiod does`, () => {
        const compare = () => {
          const answer = answerOf(`${set}-in.yaml`, input, recorded);
          assert.deepEqual(answer.validate.map(countTexts), recorded.validate.map(countTexts));
          assert.deepEqual(answer.translate, translate);
        };
        if (KNOWN_FAILING.has(set)) assert.throws(compare);
        else compare();
      });
    }
  });
}

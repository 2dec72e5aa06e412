import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { loadConfig } from '../../../src/control/config/index.ts';
import { findEnvoy, validateWithEnvoy } from '../../oracle/envoy-process.ts';
import { type VerdictCase, verdictCases } from './verdict-cases.ts';

const base = readFileSync(new URL('../../golden/broken-configs/sound.yaml', import.meta.url), 'utf8');

function changed({ changes }: VerdictCase): string {
  return changes.reduce((text, [from, to]) => {
    assert.ok(text.includes(from), `the base has \`${from}\``);
    return text.replace(from, () => to);
  }, base);
}

/** What we say that Envoy does: what jotgate itself does not do is left out. */
function foretell(text: string): 'accepts' | 'refuses' {
  const { findings } = loadConfig([{ name: 'case.yaml', text }]);
  return findings.list.some(({ envoy }) => envoy === 'refuses') ? 'refuses' : 'accepts';
}

describe('a changed bootstrap is foretold to be taken or refused by Envoy as Envoy does', () => {
  for (const entry of verdictCases) {
    it(`${entry.name}: Envoy ${entry.envoy}`, () => assert.equal(foretell(changed(entry)), entry.envoy));
  }
});

if (findEnvoy() !== null) {
  describe('the table of verdicts is the real Envoy’s', () => {
    for (const entry of verdictCases) {
      it(entry.name, () => {
        const { ok, output } = validateWithEnvoy(changed(entry));
        assert.equal(ok ? 'accepts' : 'refuses', entry.envoy, output.split('\n').slice(-4).join('\n'));
      });
    }
  });
}

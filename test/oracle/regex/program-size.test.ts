import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { measureRegex } from '../../../src/core/match/index.ts';
import { bootstrapOf, listenerOf, managerOf } from '../../fixtures/envoy-config.ts';
import { findEnvoy, validateWithEnvoy } from '../envoy-process.ts';

const EXPRESSIONS = readFileSync(new URL('expressions.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');

/** A route for each expression, by an Envoy that takes them all and warns of each. */
function configOf(expressions: readonly string[]): string {
  const routes = expressions.map((regex) => ({
    match: { safe_regex: { regex } },
    direct_response: { status: 200 },
  }));
  const levels = { 're2.max_program_size': { error_level: 1_000_000, warn_level: 0 } };
  return bootstrapOf([listenerOf('a', [managerOf({ routes })])], [], {
    layered_runtime: { layers: [{ name: 'levels', static_layer: levels }] },
  });
}

if (findEnvoy() !== null) {
  describe('the size of an expression is what Envoy says it is', () => {
    let sizes: number[] = [];
    before(() => {
      const { ok, output } = validateWithEnvoy(configOf(EXPRESSIONS));
      assert.ok(ok, output.slice(-1000));
      sizes = Array.from(output.matchAll(/RE2 program size of (\d+) >/g), ([, size]) => Number(size));
      assert.equal(sizes.length, EXPRESSIONS.length);
    });

    for (const [index, expression] of EXPRESSIONS.entries()) {
      it(expression, () => {
        const size = measureRegex(expression);
        assert.ok(size !== null);
        if (size.isExact) assert.equal(size.instructions, sizes[index]);
        else
          assert.ok(
            Math.abs(size.instructions - Number(sizes[index])) <= Math.max(6, Number(sizes[index]) * 0.1),
          );
      });
    }
    it('and for nearly all of them it is sure', () => {
      const sure = EXPRESSIONS.filter((expression) => measureRegex(expression)?.isExact === true);
      assert.ok(sure.length > EXPRESSIONS.length / 2, `${sure.length} of ${EXPRESSIONS.length}`);
    });
  });
}

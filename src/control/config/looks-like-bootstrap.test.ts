import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { looksLikeBootstrap } from './looks-like-bootstrap.ts';

const CASES: readonly { name: string; given: string; want: boolean }[] = [
  { name: 'a bootstrap', given: 'static_resources: {}\n', want: true },
  { name: 'a bootstrap in JSON', given: '{"node": {"id": "a"}, "staticResources": {}}', want: true },
  { name: 'a misspelt one', given: 'static_resource: {}\n', want: true },
  { name: 'one in flow style, which is no JSON', given: '{admin: {}}', want: true },
  { name: 'a text without keys', given: '- a\n', want: true },
  { name: 'values of a chart', given: 'image:\n  node: x\n', want: false },
  { name: 'a package', given: '{"name": "x", "version": "1"}', want: false },
];

describe('what may be meant for an Envoy', () => {
  for (const { name, given, want } of CASES) {
    it(`${want ? '' : 'not '}${name}`, () =>
      assert.equal(looksLikeBootstrap({ name: 'a', text: given }), want));
  }
});

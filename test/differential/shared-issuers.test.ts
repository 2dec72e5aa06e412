import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from './case.ts';
import { sharesIssuers } from './shared-issuers.ts';

const filterOf = (providers: JsonObject, requires: JsonObject): JsonObject => ({
  name: 'jwt',
  typed_config: { providers, rules: [{ match: { prefix: '/' }, requires }] },
});
const unnamed = { allow_missing: {} };
const either = { requires_any: { requirements: [{ provider_name: 'a' }, { allow_missing_or_failed: {} }] } };

describe("a token's provider is left to the order of a hash map", () => {
  const table = [
    {
      name: 'where two providers have one issuer',
      given: [filterOf({ a: { issuer: 'i' }, b: { issuer: 'j' }, c: { issuer: 'i' } }, unnamed)],
      want: true,
    },
    {
      name: 'where two take any issuer',
      given: [filterOf({ a: { issuer: '' }, b: {} }, either)],
      want: true,
    },
    {
      name: 'where a token is only taken out',
      given: [filterOf({ a: { issuer: 'i' }, b: { issuer: 'i' } }, { extract_only_without_validation: {} })],
      want: true,
    },
    {
      name: 'but not where each has its own',
      given: [filterOf({ a: { issuer: 'i' }, b: { issuer: 'I' }, c: {} }, unnamed)],
      want: false,
    },
    {
      name: 'but not where every requirement names its provider',
      given: [filterOf({ a: { issuer: 'i' }, b: { issuer: 'i' } }, { provider_name: 'b' })],
      want: false,
    },
    {
      name: 'but not where they are of two filters',
      given: [filterOf({ a: { issuer: 'i' } }, unnamed), filterOf({ b: { issuer: 'i' } }, unnamed)],
      want: false,
    },
    { name: 'but not without such a filter', given: [{ name: 'router' }], want: false },
  ];
  for (const { name, given, want } of table) {
    it(name, () => {
      assert.equal(sharesIssuers({ manager: { http_filters: given } }), want);
    });
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changeQuery } from './query-parameters.ts';

describe('a query that an authorizer changes', () => {
  const set = [['x', 'set'] as const];
  const table = [
    { name: 'gets a parameter', given: '/a', want: '/a?x=set' },
    { name: 'loses one', given: '/a?y=1&b=2', want: '/a?b=2&x=set' },
    { name: 'ends at its last parameter', given: '/a?y=1&', want: '/a?x=set' },
    { name: 'has empty ones before that', given: '/a?&&b', want: '/a?=&=&b=&x=set' },
    { name: 'has one of two ends', given: '/a?b&&', want: '/a?=&b=&x=set' },
  ];
  for (const { name, given, want } of table) {
    it(name, () => assert.equal(changeQuery(given, { set, remove: ['y'] }), want));
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { valuesOf } from '../lineage.ts';
import { expandPrincipals, expandTrustDomains } from './trust-domains.ts';

const DOMAINS = ['td1', 'cluster.local', 'old-td'];
const values = (texts: string[]) => valuesOf({}, 'x', texts);
const texts = (list: { text: string }[]) => list.map(({ text }) => text);

const PRINCIPALS = [
  {
    name: "the mesh's own domain stands for all its names",
    given: ['td1/ns/a/sa/b'],
    want: ['td1/ns/a/sa/b', 'cluster.local/ns/a/sa/b', 'old-td/ns/a/sa/b'],
  },
  {
    name: '`cluster.local` stands for them too',
    given: ['cluster.local/ns/a/sa/b'],
    want: ['td1/ns/a/sa/b', 'cluster.local/ns/a/sa/b', 'old-td/ns/a/sa/b'],
  },
  { name: 'a foreign domain stays', given: ['other/ns/a/sa/b'], want: ['other/ns/a/sa/b'] },
  { name: 'any domain stays', given: ['*/ns/a/sa/b'], want: ['*/ns/a/sa/b'] },
  { name: 'what is no whole identity stays', given: ['td1/ns/a', '*sleep'], want: ['td1/ns/a', '*sleep'] },
];

describe('trust domain aliases', () => {
  for (const { name, given, want } of PRINCIPALS) {
    it(name, () => assert.deepEqual(texts(expandPrincipals(values(given), DOMAINS)), want));
  }
  it('equal trust domains are kept once, wildcards as they are', () => {
    assert.deepEqual(texts(expandTrustDomains(values(['*', '*', 'td1', 'old-td']), DOMAINS)), [
      '*',
      ...DOMAINS,
    ]);
  });
});

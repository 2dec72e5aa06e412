import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answer } from './funnel-service.ts';

const owners = { demo: 'sub-demo', bob: 'sub-bob' };
const demo = { sub: 'sub-demo', scope: 'funnel-spout funnel-mouth', namespaces: ['funnel', 'com.example'] };
const bob = { sub: 'sub-bob', scope: 'funnel-spout funnel-mouth', namespaces: ['org.bob'] };
const target = (user: string, namespace = 'funnel') =>
  `/users/${user}/data/${namespace}/Update?query=coord%20within%201.5%20km%20of%20(52.514,13.350)`;

describe('the sample service authorises by sub, scope and namespaces', () => {
  const cases = [
    { name: 'the owner with scope and namespace gets data', target: target('demo'), claims: demo, want: 200 },
    { name: "somebody else's data", target: target('demo'), claims: bob, want: 403 },
    { name: 'own data in a namespace that the token lacks', target: target('bob'), claims: bob, want: 403 },
    { name: 'own data in an own namespace', target: target('bob', 'org.bob'), claims: bob, want: 200 },
    {
      name: 'a scope that only starts alike',
      target: target('demo'),
      claims: { ...demo, scope: 'funnel-mouthful' },
      want: 403,
    },
    { name: 'no payload header at all', target: target('demo'), claims: null, want: 403 },
    {
      name: 'a query of another form',
      target: '/users/demo/data/funnel/Update?query=all',
      claims: demo,
      want: 400,
    },
    { name: 'a path of two slashes', target: '//', claims: demo, want: 200 },
    { name: 'a path that no address has', target: ':x', claims: demo, want: 400 },
    { name: 'an escape that is none', target: target('%zz'), claims: demo, want: 403 },
    {
      name: 'a user name of the prototype',
      target: target('constructor'),
      claims: { ...demo, sub: undefined as never },
      want: 403,
    },
  ];
  for (const { name, target, claims, want } of cases) {
    it(name, () => assert.equal(answer(target, claims, owners).status, want));
  }
});

it('finds the four birds of the article within 1.5 km', () => {
  const found = answer(target('demo'), demo, owners).body as { id: string }[];
  assert.deepEqual(
    found.map((bird) => bird.id),
    ['birds-8', 'birds-3', 'birds-7', 'birds-0'],
  );
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ejectBootstrap } from '../eject-bootstrap.ts';
import { loadIstio } from '../load-istio.ts';

const gateway = (name: string, host: string, tls = '') => `---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: ${name}, namespace: edge }
spec:
  selector: { istio: ingressgateway }
  servers: [{ port: { number: 8080, name: ${name}, protocol: HTTP }, hosts: ["${host}"]${tls} }]
`;

const service = (name: string, hosts: string, gateways: string, http: string) => `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: edge }
spec: { hosts: [${hosts}], gateways: [${gateways}], http: [${http}] }
`;

const to = (name: string, match = '') => `{ ${match}route: [{ destination: { host: ${name}.test } }] }`;
const on = (match: string) => `match: [{ ${match} }], `;
const REDIRECT = ', tls: { httpsRedirect: true }';

/** Each virtual host's domain with what its routes lead to, in order. */
function routesOf(text: string): string[] {
  const { snapshot, findings } = loadIstio([{ name: 'istio.yaml', text }], {
    upstream: 'http://127.0.0.1:9',
  });
  assert.deepEqual(
    findings.list.filter(({ severity }) => severity === 'error'),
    [],
  );
  const made = ejectBootstrap(snapshot ?? assert.fail());
  const found = made.matchAll(
    /- name: "?(\S+):8080"?\n|cluster: outbound\|8080\|\|(\S+)\.test\n|(https_redirect): true/g,
  );
  const hosts: string[] = [];
  for (const [, host, cluster, redirect] of found) {
    if (host === undefined) hosts.push(`${hosts.pop()} ${cluster ?? redirect}`);
    else hosts.push(host);
  }
  return hosts;
}

describe('the routes of a host that several servers or VirtualServices have', () => {
  const cases: readonly { name: string; given: string; want: string[] }[] = [
    {
      name: 'what takes everything comes last, though its VirtualService comes first',
      given:
        gateway('gw', '*') +
        service('a', 'x.test', 'gw', to('all')) +
        service('b', 'x.test', 'gw', to('api', on('uri: { prefix: /api }'))),
      want: ['x.test api all'],
    },
    {
      name: 'a host is the same in capitals',
      given:
        gateway('gw', '*') +
        service('a', 'X.test', 'gw', to('a', on('uri: { prefix: /a }'))) +
        service('b', 'x.TEST', 'gw', to('b')),
      want: ['x.test a b'],
    },
    {
      name: 'a match for one gateway is not served at the host of another',
      given:
        gateway('out', '*.out.test') +
        gateway('in', '*.in.test') +
        service(
          'a',
          'x.out.test, x.in.test',
          'out, in',
          `${to('admin', on('gateways: [in], uri: { prefix: /admin }'))}, ${to('front')}`,
        ),
      want: ['x.in.test admin front', 'x.out.test front'],
    },
    {
      name: 'a host that has no route on the port is left to the host with a star',
      given:
        gateway('gw', '*') +
        service('a', 'x.test', 'gw', to('a', on('port: 8443'))) +
        service('b', '"*"', 'gw', to('b')),
      want: ['* b'],
    },
    {
      name: 'two servers of two gateways add the routes of each',
      given: gateway('one', 'x.test') + gateway('two', '*') + service('a', 'x.test', 'one, two', to('a')),
      want: ['x.test a a'],
    },
    {
      name: 'a redirect to https stands, though another server came first',
      given:
        gateway('one', '*.test') +
        gateway('two', 'x.test', REDIRECT) +
        service('a', 'x.test', 'one', to('a')),
      want: ['x.test https_redirect'],
    },
    {
      name: 'a redirect to https stands, though another server comes later',
      given:
        gateway('one', 'x.test', REDIRECT) +
        gateway('two', '*.test') +
        service('a', 'x.test', 'two', to('a')),
      want: ['x.test https_redirect'],
    },
    {
      name: 'a redirect for a star takes the hosts of its own VirtualServices',
      given:
        gateway('one', '*.test') +
        gateway('two', '*.test', REDIRECT) +
        service('a', 'x.test', 'one, two', to('a')) +
        service('b', 'y.test', 'one', to('b')),
      want: ['x.test https_redirect', 'y.test b', '*.test https_redirect'],
    },
  ];
  for (const { name, given, want } of cases) it(name, () => assert.deepEqual(routesOf(given), want));
});

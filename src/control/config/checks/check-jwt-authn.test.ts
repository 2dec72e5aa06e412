import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  bootstrapOf,
  clusterOf,
  extension,
  listenerOf,
  managerOf,
} from '../../../../test/fixtures/envoy-config.ts';
import { loadConfig } from '../load-config.ts';

function errorsWith(uri: string): string[] {
  const remote_jwks = { http_uri: { uri, cluster: 'a', timeout: '1s' } };
  const filters = [
    extension('filters.http.jwt_authn.v3.JwtAuthentication', {
      providers: { p: { issuer: 'i', remote_jwks } },
    }),
  ];
  const text = bootstrapOf([listenerOf('l', [managerOf({ filters })])], [clusterOf('a', 1)]);
  const errors = loadConfig([{ name: 'a.json', text }]).findings.list;
  return errors
    .filter(({ severity }) => severity === 'error')
    .map(({ code, path }) => `${code} ${path?.split('.').at(-1)}`);
}

/** Envoy 1.40 refuses the last three; of the others with a zone it takes those whose interface its machine has. */
const table: { name: string; uri: string; want: string[] }[] = [
  { name: 'an address', uri: 'http://[fe80::1]/k', want: [] },
  { name: 'a zone behind the host', uri: 'http://[fe80::1]/%lo', want: [] },
  { name: 'an interface that is there', uri: 'http://[fe80::1%lo]/k', want: ['E301 uri'] },
  { name: 'one beside a port', uri: 'http://[fe80::1%lo]:80/k', want: ['E301 uri'] },
  { name: 'one that is not there', uri: 'http://[fe80::1%nope0]/k', want: ['E301 uri'] },
  { name: 'one that the address cannot have', uri: 'http://[::1%lo]/k', want: ['E301 uri'] },
  { name: 'no name', uri: 'http://[fe80::1%]/k', want: ['E210 uri'] },
];

describe('the address of a key server names no interface', () => {
  for (const { name, uri, want } of table) it(name, () => assert.deepEqual(errorsWith(uri), want));
});

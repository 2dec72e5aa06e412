import type { JsonObject } from '@bufbuild/protobuf';
import { createTokenSigner, EXPIRES_LATE } from '../../test/e2e/token-signer.ts';
import { listenerOf, managerOf } from '../../test/fixtures/envoy-config.ts';

/** One thing of which a configuration may have few or many. */
export interface ScaleScenario {
  name: string;
  /** How many there are in the large configuration. */
  large: number;
  /** HTTP filters of a configuration with so many. */
  filters(count: number): { type: string; config: object }[];
  /** Its virtual hosts; default: one that answers everything. */
  hosts?(count: number): JsonObject[];
  /** Target and fields of the n-th request to it. */
  request(count: number, n: number): { path: string; headers: [string, string][]; authority?: string };
}

export const SMALL = 10;

const signer = createTokenSigner('ES256');
const TYPE = 'type.googleapis.com/envoy.extensions.filters.http';
const jwtAuthn = (config: object) => ({ type: `${TYPE}.jwt_authn.v3.JwtAuthentication`, config });
const rbac = (policies: object) => ({
  type: `${TYPE}.rbac.v3.RBAC`,
  config: { rules: { action: 'ALLOW', policies } },
});

const provider = (issuer: string) => ({
  issuer,
  payload_in_metadata: 'payload',
  local_jwks: { inline_string: signer.jwks },
});

const tokens = Array.from({ length: 64 }, (_, index) =>
  signer.sign({ iss: `issuer-${index % SMALL}`, sub: `user-${index % SMALL}`, exp: EXPIRES_LATE }),
);
const bearer = (n: number): [string, string] => ['authorization', `Bearer ${tokens[n % tokens.length]}`];

/** As many targets whatever the count, spread over the list: a search from the front would have half of it to pass. */
const place = (count: number, n: number) => (((n % SMALL) + 1) * count) / SMALL - 1;
const times = <Made>(count: number, make: (index: number) => Made) =>
  Array.from({ length: count }, (_, i) => make(i));

const authenticated = jwtAuthn({
  providers: { p: { ...provider(''), issuer: '' } },
  rules: [{ match: { prefix: '/' }, requires: { provider_name: 'p' } }],
});

const claim = (value: object) => ({
  metadata: {
    filter: 'envoy.filters.http.jwt_authn',
    path: [{ key: 'payload' }, { key: 'sub' }],
    value,
  },
});
const everyone = [{ any: true }];
/** null: that of whoever asks. */
const rangeOf = (index: number | null) =>
  index === null
    ? { address_prefix: '127.0.0.1', prefix_len: 32 }
    : { address_prefix: `10.0.${index >> 8}.${index & 255}`, prefix_len: 24 + (index % 9) };
const policiesOf = (count: number, policy: (index: number) => object) =>
  Object.fromEntries(times(count, (index) => [`policy-${index}`, policy(index)]));

const ok = { status: 200 };
const EVERYTHING = [
  { name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, direct_response: ok }] },
];

/** A scenario's listener with so many of its things, as both sides are given it. */
export function listenerOfScenario({ filters, hosts }: ScaleScenario, count: number) {
  const http = filters(count).map(({ type, config }, index) => ({
    name: `filter-${index}`,
    typed_config: { '@type': type, ...config },
  }));
  const route_config = { virtual_hosts: hosts?.(count) ?? EVERYTHING };
  return listenerOf('scale', [managerOf({ filters: http, fields: { route_config } })]);
}

const routes = (
  name: string,
  match: (index: number) => JsonObject,
  more: JsonObject[] = [],
): ScaleScenario => ({
  name,
  large: 10_000,
  filters: () => [],
  hosts: (count) => [
    {
      name: 'all',
      domains: ['*'],
      routes: [...more, ...times(count, (index) => ({ match: match(index), direct_response: ok }))],
    },
  ],
  request: (count, n) => byValue(place(count, n)),
});

const domains = (name: string, domain: (index: number) => string): ScaleScenario => ({
  name,
  large: 10_000,
  filters: () => [],
  hosts: (count) =>
    times(count, (index) => ({ ...EVERYTHING[0], name: `host-${index}`, domains: [domain(index)] })),
  request: (count, n) => ({
    path: '/',
    headers: [],
    authority: domain(place(count, n)).replace('*', 'some'),
  }),
});

/** A request with a header and a query parameter that say which one it is for. */
const byValue = (index: number) => ({
  path: `/x?user=user-${index}`,
  headers: [['x-user', `user-${index}`]] as [string, string][],
});
const header = (index: number) => ({ name: 'x-user', string_match: { exact: `user-${index}` } });
const parameter = (index: number) => ({ name: 'user', string_match: { exact: `user-${index}` } });

const rules = (name: string, match: (index: number) => object): ScaleScenario => ({
  name,
  large: 10_000,
  filters: (count) => [
    jwtAuthn({
      providers: { p: { ...provider(''), issuer: '' } },
      rules: times(count, (index) => ({ match: match(index), requires: { provider_name: 'p' } })),
    }),
  ],
  request: (count, n) => ({ path: `/service-${place(count, n)}/x`, headers: [bearer(n)] }),
});

export const scenarios: readonly ScaleScenario[] = [
  rules('jwt rules by prefix', (index) => ({ prefix: `/service-${index}/` })),
  rules('jwt rules by path', (index) => ({ path: `/service-${index}/x` })),
  rules('jwt rules by expression', (index) => ({ safe_regex: { regex: `/service-${index}/.*` } })),
  {
    ...rules('jwt rules by header', (index) => ({ prefix: '/', headers: [header(index)] })),
    request: (count, n) => {
      const { path, headers } = byValue(place(count, n));
      return { path, headers: [...headers, bearer(n)] };
    },
  },
  {
    ...rules('jwt rules by query parameter', (index) => ({
      prefix: '/',
      query_parameters: [parameter(index)],
    })),
    request: (count, n) => ({ path: byValue(place(count, n)).path, headers: [bearer(n)] }),
  },
  {
    name: 'rbac policies by path and claim',
    large: 10_000,
    filters: (count) => [
      authenticated,
      rbac(
        policiesOf(count, (index) => ({
          permissions: [{ url_path: { path: { exact: `/service-${index}/x` } } }],
          principals: [claim({ string_match: { prefix: 'user-' } })],
        })),
      ),
    ],
    request: (count, n) => ({ path: `/service-${place(count, n)}/x`, headers: [bearer(n)] }),
  },
  {
    name: 'rbac policies by claim',
    large: 10_000,
    filters: (count) => [
      authenticated,
      rbac(
        policiesOf(count, (index) => ({
          permissions: everyone,
          principals: [claim({ string_match: { exact: `user-${count - 1 - index}` } })],
        })),
      ),
    ],
    request: (_count, n) => ({ path: '/x', headers: [bearer(n)] }),
  },
  {
    name: 'rbac policies by one of a claim’s list',
    large: 10_000,
    filters: (count) => [
      authenticated,
      rbac(
        policiesOf(count, (index) => ({
          permissions: everyone,
          principals: [
            {
              and_ids: {
                ids: [
                  {
                    or_ids: {
                      ids: [
                        claim({
                          list_match: { one_of: { string_match: { exact: `user-${count - 1 - index}` } } },
                        }),
                        claim({ string_match: { exact: `user-${count - 1 - index}` } }),
                      ],
                    },
                  },
                ],
              },
            },
          ],
        })),
      ),
    ],
    request: (_count, n) => ({ path: '/x', headers: [bearer(n)] }),
  },
  {
    name: 'rbac policies by header',
    large: 10_000,
    filters: (count) => [
      rbac(
        policiesOf(count, (index) => ({
          permissions: everyone,
          principals: [{ header: { name: 'x-user', string_match: { exact: `user-${index}` } } }],
        })),
      ),
    ],
    request: (count, n) => ({ path: '/x', headers: [['x-user', `user-${place(count, n)}`]] }),
  },
  {
    name: 'rbac policies by method and header',
    large: 10_000,
    filters: (count) => [
      rbac(
        policiesOf(count, (index) => ({
          permissions: [{ header: { name: ':method', string_match: { exact: 'GET' } } }],
          principals: [{ header: header(index) }],
        })),
      ),
    ],
    request: (count, n) => byValue(place(count, n)),
  },
  {
    name: 'rbac policies by address',
    large: 10_000,
    filters: (count) => [
      rbac(
        policiesOf(count, (index) => ({
          permissions: everyone,
          principals: [{ direct_remote_ip: rangeOf(index === count - 1 ? null : index) }],
        })),
      ),
    ],
    request: () => ({ path: '/x', headers: [] }),
  },
  routes('routes by header', (index) => ({ prefix: '/', headers: [header(index)] })),
  routes('routes by query parameter', (index) => ({ prefix: '/', query_parameters: [parameter(index)] })),
  routes('routes by header, one by chance in front', (index) => ({ prefix: '/', headers: [header(index)] }), [
    {
      match: { prefix: '/', runtime_fraction: { default_value: { numerator: 1 } } },
      direct_response: ok,
    },
  ]),
  domains('domains', (index) => `host-${index}.test`),
  domains('domains by suffix', (index) => `*.${'a'.repeat(index % 37)}-${index}.test`),
  domains('domains by prefix', (index) => `${'a'.repeat(index % 37)}-${index}.*`),
  {
    name: 'jwt providers, one named',
    large: 1_000,
    filters: (count) => [
      jwtAuthn({
        providers: Object.fromEntries(times(count, (i) => [`p${i}`, provider(`issuer-${i}`)])),
        rules: times(count, (i) => ({ match: { prefix: `/p${i}/` }, requires: { provider_name: `p${i}` } })),
      }),
    ],
    request: (_count, n) => ({ path: `/p${(n % tokens.length) % SMALL}/`, headers: [bearer(n)] }),
  },
  {
    name: 'jwt providers, any that the issuer names',
    large: 1_000,
    filters: (count) => [
      jwtAuthn({
        providers: Object.fromEntries(times(count, (i) => [`p${i}`, provider(`issuer-${count - 1 - i}`)])),
        rules: [{ match: { prefix: '/' }, requires: { allow_missing: {} } }],
      }),
    ],
    request: (_count, n) => ({ path: '/', headers: [bearer(n)] }),
  },
];

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runCli } from './fixtures/collecting-io.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';

const { path: folder } = temporaryFolder();

const FILTERS = 'type.googleapis.com/envoy.extensions.filters.http';
const CONFIG = `
static_resources:
  listeners:
  - address: {socket_address: {address: 127.0.0.1, port_value: 8080}}
    filter_chains:
    - filters:
      - name: hcm
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: a
          route_config:
            name: r
            virtual_hosts:
            - name: shop
              domains: ["*"]
              routes:
              - name: staff
                match: {path_separated_prefix: /staff}
                direct_response: {status: 200}
                typed_per_filter_config:
                  jwt: {"@type": ${FILTERS}.jwt_authn.v3.PerRouteConfig, requirement_name: strict}
                  rbac:
                    "@type": ${FILTERS}.rbac.v3.RBACPerRoute
                    rbac:
                      rules:
                        policies:
                          by-hand: {permissions: [{header: {name: x-a, present_match: true}}], principals: [{any: true}]}
                          by-mail: {permissions: [{header: {name: x-b, present_match: true}}], principals: [{any: true}]}
              - name: others
                match: {prefix: /}
                direct_response: {status: 200}
          http_filters:
          - name: jwt
            typed_config:
              "@type": ${FILTERS}.jwt_authn.v3.JwtAuthentication
              providers: {p: {issuer: "https://issuer.test", audiences: [a], remote_jwks: {http_uri: {uri: "http://issuer.test/keys", cluster: keys, timeout: 1s}}}}
              requirement_map: {strict: {provider_name: p}}
          - name: rbac
            typed_config: {"@type": ${FILTERS}.rbac.v3.RBAC}
          - name: router
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
  clusters:
  - {name: keys, load_assignment: {cluster_name: keys, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}}]}]}}
`;

async function run(cases: string) {
  writeFileSync(join(folder, 'envoy.yaml'), CONFIG);
  const file = join(folder, 'a.test.yaml');
  writeFileSync(
    file,
    `config: envoy.yaml
issuers: {i: "https://issuer.test"}
tokens:
  good: {issuer: i, aud: a}
  elsewhere: {like: good, aud: b}
  stranger: {like: good, iss: "https://other.test"}
cases:
${cases}`,
  );
  return runCli(['test', '--coverage', '--mutation', file]);
}

const OTHERS = '- {request: GET /x, expect: 200}\n';
const staff = (as: string, header: string, expect: number) =>
  `- {request: {path: /staff, as: ${as}, headers: {${header}: 1}}, expect: ${expect}}\n`;

describe('what a route says for itself to a filter', () => {
  it('is a gap where no case reaches it, and can be taken away unnoticed', async () => {
    const { out } = await run(OTHERS);
    assert.match(out, /jwt of route staff: no case gets here {3}\S+envoy\.yaml:21/);
    assert.match(out, /policy "by-mail" in rbac of route staff: no case gets here {3}\S+envoy\.yaml:28/);
    assert.match(out, /no case fails without jwt of route staff {3}\S+envoy\.yaml:21/);
    assert.match(out, /no case fails without rbac of route staff {3}\S+envoy\.yaml:2\d/);
    assert.match(out, /no case fails without policy "by-hand" in rbac of route staff/);
  });
  it('is none where cases show what it is for', async () => {
    const cases = [
      OTHERS,
      staff('good', 'x-a', 200),
      staff('good', 'x-b', 200),
      staff('good', 'x-c', 403),
      staff('none', 'x-a', 401),
      staff('elsewhere', 'x-a', 403),
      staff('stranger', 'x-a', 401),
    ];
    const { out } = await run(cases.join(''));
    assert.match(out, /coverage: 6 of 6/);
    assert.doesNotMatch(out, /no case fails without (?:jwt|rbac|policy)/);
  });
});

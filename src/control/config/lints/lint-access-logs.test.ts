import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadConfig } from '../load-config.ts';

function warned(logger: string, jwt = ''): string[] {
  const text = `static_resources:
  listeners:
  - address: {socket_address: {address: 127.0.0.1, port_value: 8080}}
    filter_chains:
    - filters:
      - name: hcm
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: a
          access_log: [{name: log, typed_config: {"@type": type.googleapis.com/envoy.extensions.access_loggers.${logger}}}]
          route_config: {virtual_hosts: [{name: v, domains: ["*"], routes: [{match: {prefix: /}, direct_response: {status: 200}}]}]}
          http_filters: [${jwt}{name: r, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
`;
  const { findings } = loadConfig([{ name: 'a.yaml', text }]);
  return findings.list.map(({ code, message }) => `${code} ${message.split('format has ')[1] ?? message}`);
}

describe('L29: a format that asks for credentials is told of, whichever way it is written', () => {
  const file = 'file.v3.FileAccessLog, path: /dev/null';
  const table = [
    { given: `${file}, log_format: {text_format: "%REQ(Authorization)%"}`, want: '`%REQ(Authorization)%`' },
    { given: `${file}, format: "%REQ(X?COOKIE):40%"`, want: '`%REQ(X?COOKIE):40%`' },
    {
      given: `${file}, log_format: {text_format_source: {inline_string: "%RESP(set-cookie)%"}}`,
      want: '`%RESP(set-cookie)%`',
    },
    { given: `${file}, json_format: {a: "%REQ(x-api-key)%"}`, want: '`%REQ(x-api-key)%`' },
    { given: `${file}, format: "%REQUEST_HEADER(cookie)%"`, want: '`%REQUEST_HEADER(cookie)%`' },
    { given: `${file}, format: "%RESPONSE_HEADER(set-cookie)%"`, want: '`%RESPONSE_HEADER(set-cookie)%`' },
    {
      given: 'stream.v3.StdoutAccessLog, log_format: {json_format: {a: {b: ["%QUERY_PARAM(token)%"]}}}',
      want: '`%QUERY_PARAM(token)%`',
    },
    { given: 'stream.v3.StderrAccessLog, log_format: {text_format: "%REQ(:PATH)% %REQ(USER-AGENT)%"}' },
    { given: file },
  ];
  for (const { given, want } of table) {
    it(given, () => assert.deepEqual(warned(given), want === undefined ? [] : [`L29 ${want}`]));
  }
});

describe('L29: so is one that has the path with its query, where tokens are taken from there', () => {
  const provider =
    'issuer: "https://a.test", audiences: [a], local_jwks: {inline_string: "{}"}, from_params: [auth]';
  const jwt = `{name: j, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication, providers: {p: {${provider}}}}}, `;
  const table = [
    { given: '%REQ(:PATH)%', want: true },
    { given: '%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%', want: true },
    { given: '%PATH(WQ:ORIG)%', want: true },
    { given: '%REQUEST_HEADER(:path)%', want: true },
    { given: '%QUERY_PARAMS%', want: true },
    { given: '%PATH(NQ)%', want: false },
    { given: '%REQ(X-PATH)%', want: false },
  ];
  for (const { given, want } of table) {
    it(given, () => {
      const logger = `file.v3.FileAccessLog, path: /dev/null, log_format: {text_format: "${given}"}`;
      const isWarned = (list: string[]) => list.includes('L29 the path with its query');
      assert.equal(isWarned(warned(logger, jwt)), want);
      assert.equal(isWarned(warned(logger)), false);
    });
  }
  for (const logger of ['file.v3.FileAccessLog, path: /dev/null', 'stream.v3.StdoutAccessLog']) {
    it(`by default too: ${logger}`, () => {
      assert.ok(warned(logger, jwt).includes('L29 the path with its query'));
      assert.deepEqual(warned(logger), []);
    });
  }
});

describe('L29: so is one that has a place that tokens are taken from, whatever its name', () => {
  const provider =
    'issuer: "https://a.test", audiences: [a], local_jwks: {inline_string: "{}"}, from_headers: [{name: X-Jwt}], from_params: [auth]';
  const jwt = `{name: j, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication, providers: {p: {${provider}}}}}, `;
  for (const { given, want } of [
    { given: '%REQ(x-jwt)%', want: true },
    { given: '%QUERY_PARAM(auth)%', want: true },
    { given: '%REQ(auth)%', want: false },
  ]) {
    it(given, () => {
      const logger = `file.v3.FileAccessLog, path: /dev/null, log_format: {text_format: "${given}"}`;
      assert.equal(warned(logger, jwt).includes(`L29 \`${given}\``), want);
    });
  }
});

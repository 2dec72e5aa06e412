import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadConfig } from '../load-config.ts';

function warned(logger: string): string[] {
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
          http_filters: [{name: r, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
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

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findEnvoy, validateWithEnvoy } from '../../../../test/oracle/envoy-process.ts';
import { loadConfig } from '../load-config.ts';

const cluster = (timeout: string) =>
  `static_resources: {clusters: [{name: c, type: STATIC, connect_timeout: ${timeout}}]}`;

describe('the object form of a duration', () => {
  const table = [
    { name: 'seconds and a fraction', given: '{seconds: 5, nanos: 999999999}', want: [] },
    {
      name: 'a whole second among the nanos',
      given: '{seconds: 5, nanos: 2000000000}',
      want: ['duration out-of-range'],
    },
    {
      name: 'a fraction that is taken off',
      given: '{seconds: 5, nanos: -1}',
      want: ['invalid duration: expected positive duration'],
    },
    { name: 'the longest that nanoseconds can tell', given: '9223372035.999999999s', want: [] },
    { name: 'the second in which they end', given: '9223372036s', want: ['duration out-of-range'] },
    {
      name: 'what the field’s own rule refuses is told once',
      given: '-5s',
      want: ['`connect_timeout` of Cluster: value must be greater than 0s'],
    },
  ];
  for (const { name, given, want } of table) {
    it(name, () => {
      const { findings } = loadConfig([{ name: 'a.yaml', text: cluster(given) }]);
      assert.deepEqual(
        findings.list.filter(({ severity }) => severity === 'error').map(({ message }) => message),
        want,
      );
    });
  }
});

describe('what is made of the times of a fetch', () => {
  const fetching = (fields: string) => `
static_resources:
  listeners:
  - name: a
    address: {socket_address: {address: 127.0.0.1, port_value: 1}}
    filter_chains:
    - filters:
      - name: hcm
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: a
          route_config: {}
          http_filters:
          - name: jwt
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication
              providers:
                p:
                  remote_jwks:
                    http_uri: {uri: "http://a/", cluster: c, timeout: 1s}
                    ${fields}
          - name: router
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
  clusters: [{name: c, type: STATIC}]`;
  const backOff = (text: string) => `retry_policy: {retry_back_off: ${text}}`;
  const table = [
    { name: 'is a time', given: backOff('{base_interval: 922337203.5s}'), want: [] },
    {
      name: 'may be none: ten times the first back-off, which is the longest where none is named',
      given: backOff('{base_interval: 922337203.6s}'),
      want: ['E106'],
    },
    {
      name: 'does not count where a longest one is named',
      given: backOff('{base_interval: 922337204s, max_interval: 922337204s}'),
      want: [],
    },
    {
      name: 'is compared in milliseconds: the longest back-off is not below the first',
      given: backOff('{base_interval: 0.0019s, max_interval: 0.0011s}'),
      want: [],
    },
    {
      name: 'is compared in milliseconds: the longest back-off is below the first',
      given: backOff('{base_interval: 0.002s, max_interval: 0.0019s}'),
      want: ['E216'],
    },
    { name: 'is twice the time that keys are kept', given: 'cache_duration: 4611686017s', want: [] },
    {
      name: 'may be none: twice the time that keys are kept',
      given: 'cache_duration: 4611686018s',
      want: ['E106'],
    },
  ];
  for (const { name, given, want } of table) {
    it(name, () => {
      const text = fetching(given);
      const { findings } = loadConfig([{ name: 'a.yaml', text }]);
      const errors = findings.list.filter(({ severity }) => severity === 'error');
      assert.deepEqual(
        errors.map(({ code }) => code),
        want,
      );
      if (findEnvoy() !== null) assert.equal(validateWithEnvoy(text).ok, want.length === 0);
    });
  }
});

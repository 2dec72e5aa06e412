import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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

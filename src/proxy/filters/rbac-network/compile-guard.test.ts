import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromJson, type JsonObject } from '@bufbuild/protobuf';
import { RBACSchema } from '#schema/envoy/extensions/filters/network/rbac/v3/rbac_pb.js';
import { registry } from '#schema/registry.js';
import { ManualClock, TreeRecorder } from '../../../base/index.ts';
import { Findings } from '../../../resources/index.ts';
import { Stats } from '../../stats.ts';
import { askGuards, type ConnectionGuard } from '../connection-guard.ts';
import { DynamicMetadata } from '../filter.ts';
import { compileRbacGuard } from './compile-guard.ts';

const connection = {
  remoteAddress: '10.0.0.1',
  remotePort: 7,
  localAddress: '127.0.0.1',
  localPort: 80,
  serverName: '',
  tls: false,
};
const policy = (fields: JsonObject = {}): JsonObject => ({
  permissions: [{ any: true }],
  principals: [{ any: true }],
  ...fields,
});
const from = (address_prefix: string): JsonObject => ({
  rules: { policies: { p: policy({ principals: [{ remote_ip: { address_prefix, prefix_len: 8 } }] }) } },
});
const input = (type: string, fields: JsonObject = {}): JsonObject => ({
  matcher: {
    matcher_tree: {
      input: { name: 'i', typed_config: { '@type': `type.googleapis.com/${type}`, ...fields } },
      exact_match_map: { map: { a: {} } },
    },
  },
});

function compile(config: JsonObject) {
  const findings = new Findings();
  const stats = new Stats();
  const message = fromJson(RBACSchema, { stat_prefix: 's', ...config }, { registry });
  const listener = { metadata: null, direction: 2, chainName: 'the chain' };
  const guard = compileRbacGuard(message, {
    findings,
    rootStats: stats,
    clock: new ManualClock(0),
    listener,
  });
  const counters = () => Object.fromEntries(stats.read().filter(([, value]) => value > 0));
  return { guard, messages: findings.list.map(({ message: said }) => said), counters };
}

describe('the network filter rbac', () => {
  const table: { name: string; config: JsonObject; details?: string; delayMs?: number; counted: object }[] = [
    { name: 'lets pass without rules', config: {}, counted: {} },
    { name: 'lets pass whom a policy matches', config: from('10.0.0.0'), counted: { 's.rbac.allowed': 1 } },
    { name: 'closes on others', config: from('11.0.0.0'), details: 'none', counted: { 's.rbac.denied': 1 } },
    {
      name: 'names the policy',
      config: { rules: { action: 'DENY', policies: { 'no entry': policy() } }, delay_deny: '2s' },
      details: 'no_entry',
      delayMs: 2000,
      counted: { 's.rbac.denied': 1 },
    },
    {
      name: 'only counts by its shadow rules',
      config: { shadow_rules: {}, shadow_rules_stat_prefix: 'x_' },
      counted: { 's.rbac.x_.shadow_denied': 1 },
    },
    {
      name: 'finds no path',
      config: {
        rules: {
          policies: { p: policy({ permissions: [{ url_path: { path: { safe_regex: { regex: '.*' } } } }] }) },
        },
      },
      details: 'none',
      counted: { 's.rbac.denied': 1 },
    },
  ];
  for (const { name, config, details, delayMs = 0, counted } of table) {
    it(name, () => {
      const { guard, counters } = compile(config);
      const want =
        details === undefined ? null : { details: `rbac_access_denied_matched_policy[${details}]`, delayMs };
      assert.deepEqual(guard?.refuse(connection, new DynamicMetadata(), null), want);
      assert.deepEqual(counters(), counted);
    });
  }

  it('says why, and is the last that is asked when it refuses', () => {
    const guards = [from('11.0.0.0'), {}].map((config) => compile(config).guard as ConnectionGuard);
    const recorder = new TreeRecorder();
    assert.notEqual(askGuards(guards, connection, recorder), null);
    assert.deepEqual(
      recorder.root.steps.map(({ kind, verdict, reason }) => [kind, verdict, reason]),
      [['network filter', 'deny', 'the connection is closed']],
    );
    assert.ok(recorder.root.steps[0]?.origin, 'the message that says so');
  });

  const header: JsonObject = { header: { name: 'x' } };
  const refused: { name: string; config: JsonObject; want: RegExp }[] = [
    {
      name: 'a header among its permissions',
      config: {
        rules: {
          policies: { p: policy({ permissions: [{ not_rule: { or_rules: { rules: [header] } } }] }) },
        },
      },
      want: /no headers/,
    },
    {
      name: 'a header among its principals',
      config: {
        shadow_rules: {
          policies: { p: policy({ principals: [{ and_ids: { ids: [{ not_id: header }] } }] }) },
        },
      },
      want: /no headers/,
    },
    {
      name: 'a header as an input',
      config: input('envoy.type.matcher.v3.HttpRequestHeaderMatchInput', { header_name: 'x' }),
      want: /cannot match by the input/,
    },
    {
      name: 'attributes of a request as an input',
      config: input('xds.type.matcher.v3.HttpAttributesCelMatchInput'),
      want: /cannot match by the input/,
    },
  ];
  for (const { name, config, want } of refused) {
    it(`refuses ${name}`, () => {
      const { guard, messages } = compile(config);
      assert.equal(guard, null);
      assert.match(messages.join('\n'), want);
    });
  }
});

describe('what a guard tells those after it', () => {
  const says = (filter: string, key: string, exact: string): JsonObject => ({
    metadata: { filter, path: [{ key }], value: { string_match: { exact } } },
  });
  const hinted = {
    metadata: { filter: 'envoy.common', path: [{ key: 'access_log_hint' }], value: { bool_match: true } },
  };
  const OWN = 'envoy.filters.network.rbac';
  const result = (value: string) => says(OWN, 'shadow_engine_result', value);
  const shadow = (action: string, more: JsonObject = {}): JsonObject => ({
    shadow_rules: { action, policies: { 'a policy': policy() } },
    ...more,
  });
  const only = (permission: JsonObject): JsonObject => ({
    rules: { policies: { p: policy({ permissions: [permission] }) } },
  });
  const table: { name: string; configs: JsonObject[]; passes: boolean }[] = [
    {
      name: 'that its shadow rules allow',
      configs: [shadow('ALLOW'), only(result('allowed'))],
      passes: true,
    },
    { name: 'that they deny', configs: [shadow('DENY'), only(result('denied'))], passes: true },
    { name: 'not the contrary', configs: [shadow('DENY'), only(result('allowed'))], passes: false },
    {
      name: 'by which policy',
      configs: [shadow('ALLOW'), only(says(OWN, 'shadow_effective_policy_id', 'a policy'))],
      passes: true,
    },
    {
      name: 'under the prefix of its statistics',
      configs: [
        shadow('ALLOW', { shadow_rules_stat_prefix: 'x_' }),
        only(says(OWN, 'x_shadow_engine_result', 'allowed')),
      ],
      passes: true,
    },
    {
      name: 'and its own rules at once',
      configs: [{ ...shadow('DENY'), ...only(result('denied')) }],
      passes: true,
    },
    {
      name: 'nothing without shadow rules',
      configs: [only({ any: true }), only(result('allowed'))],
      passes: false,
    },
    {
      name: 'that the connection is to be logged',
      configs: [{ rules: { action: 'LOG', policies: { p: policy() } } }, only(hinted)],
      passes: true,
    },
  ];
  for (const { name, configs, passes } of table) {
    it(name, () => {
      const guards = configs.map((config) => compile(config).guard as ConnectionGuard);
      assert.equal(askGuards(guards, connection, null) === null, passes);
    });
  }
});

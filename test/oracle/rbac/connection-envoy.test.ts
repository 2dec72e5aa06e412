import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { ManualClock } from '../../../src/base/index.ts';
import { buildRequestHead, type CompiledSnapshot, rehearse } from '../../../src/proxy/rehearsal/index.ts';
import type { Gate } from '../../../src/server/index.ts';
import { bootstrapOf, listenerOf, managerOf } from '../../fixtures/envoy-config.ts';
import { startGateOf } from '../../fixtures/loaded-gate.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from '../envoy-process.ts';
import { call, has, id, int, is, select, text } from '../rehearsal/cel-words.ts';
import { compileScenes, portOf } from '../rehearsal/comparison.ts';
import { parseCel } from '../rehearsal/parse-cel.ts';

const TYPE = 'type.googleapis.com';
const extension = (type: string, fields: object = {}) => ({
  name: 'x',
  typed_config: { '@type': `${TYPE}/${type}`, ...fields },
});
const policy = (fields: object = {}) => ({
  permissions: [{ any: true }],
  principals: [{ any: true }],
  ...fields,
});
const allow = (fields: object) => ({ rules: { policies: { p: policy(fields) } } });
const address = (address_prefix: string) => ({ address_prefix, prefix_len: 8 });
const path = { url_path: { path: { safe_regex: { regex: '.*' } } } };
const metadata = { filter: 'f', path: [{ key: 'a' }], value: { present_match: true }, invert: true };
const requestPath = select(id('request'), 'path');
const reads = (type: string, match: object) => ({
  matcher: {
    matcher_list: {
      matchers: [
        {
          predicate: { single_predicate: { input: extension(type), value_match: match } },
          on_match: { action: extension('envoy.config.rbac.v3.Action', { name: 'm', action: 'ALLOW' }) },
        },
      ],
    },
  },
});
const NETWORK = 'envoy.extensions.matching.common_inputs.network.v3';

/** The filters before the connection manager. */
const GUARDS: Record<string, object[]> = {
  'no rules': [{}],
  everybody: [allow({})],
  nobody: [{ rules: {} }],
  denied: [{ rules: { action: 'DENY', policies: { 'the policy': policy() } } }],
  logged: [{ rules: { action: 'LOG', policies: { p: policy() } } }],
  shadow: [{ shadow_rules: { action: 'DENY', policies: { p: policy() } }, shadow_rules_stat_prefix: 's_' }],
  here: [allow({ principals: [{ direct_remote_ip: address('127.0.0.0') }] })],
  elsewhere: [allow({ principals: [{ remote_ip: address('10.0.0.0') }] })],
  port: [allow({ permissions: [{ destination_port_range: { start: 1, end: 65536 } }] })],
  'a path': [allow({ permissions: [path] })],
  'no path': [allow({ permissions: [{ not_rule: path }] })],
  'a template': [
    allow({
      permissions: [
        {
          uri_template: extension('envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig', {
            path_template: '/**',
          }),
        },
      ],
    }),
  ],
  metadata: [allow({ principals: [{ metadata }] })],
  'route metadata': [
    allow({ principals: [{ sourced_metadata: { metadata_matcher: metadata, metadata_source: 'ROUTE' } }] }),
  ],
  'CEL path': [allow({ condition: is(requestPath, text('/')) })],
  'CEL no path': [allow({ condition: call('!_', has(id('request'), 'path')) })],
  'CEL url path': [allow({ condition: is(select(id('request'), 'url_path'), text('')) })],
  'CEL method': [allow({ condition: has(id('request'), 'method') })],
  'CEL protocol': [allow({ condition: has(id('request'), 'protocol') })],
  'CEL size': [allow({ condition: is(select(id('request'), 'size'), int(0)) })],
  'CEL has a size': [allow({ condition: has(id('request'), 'size') })],
  'CEL has a total size': [allow({ condition: has(id('request'), 'total_size') })],
  'CEL has bytes of headers': [allow({ condition: has(id('request'), 'headers_bytes') })],
  'CEL query': [allow({ condition: is(select(id('request'), 'query'), text('')) })],
  'CEL has a query': [allow({ condition: has(id('request'), 'query') })],
  'CEL has an id': [allow({ condition: has(id('request'), 'id') })],
  'CEL response size': [allow({ condition: is(select(id('response'), 'size'), int(0)) })],
  'CEL header': [allow({ condition: call('@in', text(':path'), select(id('request'), 'headers')) })],
  'CEL TLS version': [allow({ condition: has(id('connection'), 'tls_version') })],
  'CEL own subject': [allow({ condition: has(id('connection'), 'subject_local_certificate') })],
  'CEL time': [allow({ condition: parseCel('request.time > timestamp("2020-01-01T00:00:00Z")') })],
  'CEL chain': [allow({ condition: parseCel('xds.filter_chain_name == "the chain"') })],
  'CEL listener': [allow({ condition: parseCel('xds.listener_metadata.filter_metadata.l.k == "v"') })],
  'CEL direction': [allow({ condition: parseCel('xds.listener_direction == 2') })],
  'CEL no route': [allow({ condition: parseCel('has(xds.route_name) || has(xds.virtual_host_metadata)') })],
  'CEL metadata of no route': [
    allow({ condition: parseCel('size(xds.route_metadata.filter_metadata) == 0') }),
  ],
  'CEL no cluster': [
    allow({ condition: parseCel('has(xds.cluster_metadata) || has(upstream.num_endpoints)') }),
  ],
  'CEL number of no cluster': [allow({ condition: parseCel('upstream.num_endpoints >= 0u') })],
  'CEL packed metadata': [allow({ condition: parseCel('size(metadata.typed_filter_metadata) == 0') })],
  'CEL xds': [allow({ condition: parseCel('xds == upstream && "listener_metadata" in xds') })],
  'CEL mtls': [allow({ condition: select(id('connection'), 'mtls') })],
  'matcher here': [reads(`${NETWORK}.SourceIPInput`, { exact: '127.0.0.1' })],
  'matcher elsewhere': [reads(`${NETWORK}.DirectSourceIPInput`, { exact: '10.0.0.1' })],
  'one after another': [allow({}), { rules: {} }],
  late: [{ rules: {}, delay_deny: '0.05s' }],
};

const prefixOf = (name: string, index: number) =>
  `c${Object.keys(GUARDS).indexOf(name)}${index === 0 ? '' : '.'}`;

const bootstrap = () =>
  bootstrapOf(
    Object.entries(GUARDS).map(([name, guards]) => ({
      traffic_direction: 'OUTBOUND',
      metadata: { filter_metadata: { l: { k: 'v' } } },
      ...listenerOf(
        name,
        [
          ...guards.map((guard, index) =>
            extension('envoy.extensions.filters.network.rbac.v3.RBAC', {
              stat_prefix: prefixOf(name, index),
              ...guard,
            }),
          ),
          managerOf(),
        ],
        { name: 'the chain' },
      ),
    })),
  );

/** The status; empty where the connection is closed without a word. */
function ask(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    let said = '';
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    socket.on('data', (bytes) => {
      said += bytes.toString('latin1');
      if (said.includes('\r\n\r\n')) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(said.slice(9, 12)));
  });
}

const counted = (rows: Iterable<readonly [string, number]>) =>
  Object.fromEntries([...rows].filter(([name, value]) => value > 0 && name.includes('.rbac.')).sort());

if (findEnvoy() !== null) {
  describe('the network filter rbac decides as in Envoy', () => {
    const clock = new ManualClock(0);
    let envoy: EnvoyProcess;
    let gate: Gate;
    let compiled: CompiledSnapshot;

    before(async () => {
      const config = bootstrap();
      envoy = await startEnvoy(config);
      const scenes = compileScenes(config, clock);
      assert.deepEqual(scenes.errors, []);
      clock.set(Date.now());
      compiled = scenes.compiled;
      gate = await startGateOf(config);
    });

    after(async () => {
      await gate?.close();
      await envoy?.stop();
    });

    for (const name of Object.keys(GUARDS)) {
      it(name, async () => {
        const port = gate.listeners.find((listener) => listener.name === name)?.port as number;
        const want = await ask(portOf(envoy, name));
        assert.equal(await ask(port), want);
        const request = buildRequestHead({
          method: 'GET',
          scheme: 'http',
          authority: 'a',
          path: '/',
          headers: [],
        });
        const connection = {
          remoteAddress: '127.0.0.1',
          remotePort: 1,
          localAddress: '127.0.0.1',
          localPort: port,
          serverName: '',
          tls: false,
        };
        const verdict = await rehearse(compiled, { listener: name, request, connection }, clock, null);
        assert.equal(verdict.status || '', want === '' ? '' : Number(want));
      });
    }

    it('counts as Envoy does', async () => {
      assert.deepEqual(counted(gate.stats()), counted(await envoy.stats()));
    });
  });
}

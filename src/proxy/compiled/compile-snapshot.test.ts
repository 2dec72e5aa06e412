import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create, fromJson, type JsonValue, type MessageInitShape } from '@bufbuild/protobuf';
import { type Any, anyPack } from '@bufbuild/protobuf/wkt';
import { BootstrapSchema } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import { FilterChainMatchSchema } from '#schema/envoy/config/listener/v3/listener_components_pb.js';
import { type Listener, ListenerSchema } from '#schema/envoy/config/listener/v3/listener_pb.js';
import { JwtAuthenticationSchema } from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import { LuaSchema } from '#schema/envoy/extensions/filters/http/lua/v3/lua_pb.js';
import { RouterSchema } from '#schema/envoy/extensions/filters/http/router/v3/router_pb.js';
import { TlsInspectorSchema } from '#schema/envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector_pb.js';
import { HttpConnectionManagerSchema } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { ManualClock, TreeRecorder } from '../../base/index.ts';
import { Findings } from '../../resources/index.ts';
import { compileSnapshot } from './compile-snapshot.ts';
import { type ConnectionFacts, serverNameSeen } from './compiled-listener.ts';

type ListenerInit = Exclude<MessageInitShape<typeof ListenerSchema>, Listener>;
type HcmInit = MessageInitShape<typeof HttpConnectionManagerSchema>;
type HttpFilterInit = NonNullable<HcmInit['httpFilters']>[number];

const named = (name: string, value: Any): HttpFilterInit => ({
  name,
  configType: { case: 'typedConfig', value },
});
const router = named('router', anyPack(RouterSchema, create(RouterSchema)));
const jwt = named('jwt', anyPack(JwtAuthenticationSchema, create(JwtAuthenticationSchema)));
const lua = named('lua', anyPack(LuaSchema, create(LuaSchema)));

function chainOf(
  name: string,
  match: JsonValue | null,
  httpFilters: HttpFilterInit[] = [router],
  hcm: HcmInit = {},
) {
  const manager = create(HttpConnectionManagerSchema, {
    statPrefix: name,
    routeSpecifier: { case: 'routeConfig', value: {} },
    httpFilters,
    ...hcm,
  });
  return {
    name,
    ...(match === null ? {} : { filterChainMatch: fromJson(FilterChainMatchSchema, match) }),
    filters: [
      {
        name: 'hcm',
        configType: { case: 'typedConfig' as const, value: anyPack(HttpConnectionManagerSchema, manager) },
      },
    ],
  };
}

type Chain = ReturnType<typeof chainOf>;

const address = {
  address: {
    case: 'socketAddress' as const,
    value: { address: '127.0.0.1', portSpecifier: { case: 'portValue' as const, value: 80 } },
  },
};

const inspector = anyPack(TlsInspectorSchema, create(TlsInspectorSchema));
const withInspector: ListenerInit = {
  listenerFilters: [{ name: 'inspector', configType: { case: 'typedConfig', value: inspector } }],
};

function listenerOf(chains: Chain[], more: ListenerInit = {}): Listener {
  return create(ListenerSchema, { address, filterChains: chains, ...more });
}

function compile(...listeners: Listener[]) {
  const findings = new Findings();
  const snapshot = { listeners, clusters: [], bootstrap: create(BootstrapSchema) };
  const compiled = compileSnapshot(snapshot, { findings, clock: new ManualClock(0), jwks: null });
  return { compiled, messages: findings.list.map(({ message }) => message) };
}

describe('a connection’s filter chain', () => {
  const listener = listenerOf(
    [
      chainOf('exact', { server_names: ['a.test'] }),
      chainOf('wildcard', { server_names: ['*.test'] }),
      chainOf('plain', { transport_protocol: 'raw_buffer' }),
    ],
    { ...withInspector, defaultFilterChain: chainOf('fallback', null) },
  );
  const { compiled, messages } = compile(listener);
  const [first] = compiled.listeners;
  const tls = (serverName: string): ConnectionFacts => ({ serverName, tls: true });
  const table: { name: string; given: ConnectionFacts; want: string }[] = [
    { name: 'is that of its server name', given: tls('a.test'), want: 'exact' },
    { name: 'in any case', given: tls('A.TEST'), want: 'exact' },
    { name: 'or of a wildcard', given: tls('c.d.test'), want: 'wildcard' },
    { name: 'plain text has its own', given: { serverName: '', tls: false }, want: 'plain' },
    { name: 'the default takes the rest', given: tls('elsewhere'), want: 'fallback' },
    {
      name: 'a server name once taken is not given up',
      given: { serverName: 'a.test', tls: false },
      want: 'exact',
    },
  ];
  it('compiles', () => assert.deepEqual(messages, []));
  for (const { name, given, want } of table) {
    it(name, () => assert.equal(first?.selectChain(given, null)?.name, want));
  }

  it('may be none, and a recorder is told', () => {
    const { compiled: only } = compile(
      listenerOf([chainOf('a', { server_names: ['a.test'] })], withInspector),
    );
    const recorder = new TreeRecorder();
    assert.equal(only.listeners[0]?.selectChain(tls('b.test'), recorder), null);
    assert.equal(recorder.root.steps[0]?.reason, 'the connection is closed');
  });
});

describe('a listener without a TLS inspector', () => {
  const chains = [
    chainOf('named', { server_names: ['a.test'] }),
    chainOf('secure', { transport_protocol: 'tls' }),
    chainOf('any', null),
  ];
  const { compiled } = compile(listenerOf(chains), listenerOf(chains, withInspector));
  const [bare, inspecting] = compiled.listeners;
  assert.ok(bare !== undefined && inspecting !== undefined);
  const hello = { serverName: 'A.test', tls: true };

  it('chooses no chain by what the client says first', () => {
    assert.equal(bare.selectChain(hello, null)?.name, 'any');
    assert.equal(inspecting.selectChain(hello, null)?.name, 'named');
    assert.equal(inspecting.selectChain({ serverName: '', tls: true }, null)?.name, 'secure');
  });

  it('tells no filter which server that names', () => {
    assert.equal(serverNameSeen(bare, 'A.test'), '');
    assert.equal(serverNameSeen(inspecting, 'A.test'), 'a.test');
  });
});

describe('a filter chain for application protocols', () => {
  it('is refused, for another one would serve the clients that offer them', () => {
    const { messages } = compile(
      listenerOf([chainOf('one', { application_protocols: ['http/1.1'] }), chainOf('others', null)]),
    );
    assert.deepEqual(messages, ['`application_protocols` is not supported']);
  });
});

describe('a compiled listener', () => {
  it('is called by its name or its address', () => {
    const { compiled } = compile(
      listenerOf([chainOf('', null)], { name: 'front' }),
      listenerOf([chainOf('', null)]),
    );
    assert.deepEqual(
      compiled.listeners.map(({ name }) => name),
      ['front', '127.0.0.1:80'],
    );
    assert.equal(compiled.listeners[0]?.chains[0]?.name, 'chain 0');
  });

  it('has the filters in order, without the router', () => {
    const { compiled } = compile(listenerOf([chainOf('', null, [jwt, { ...jwt, disabled: true }, router])]));
    const filters = compiled.listeners[0]?.chains[0]?.manager.filters ?? [];
    assert.deepEqual(
      filters.map(({ kind, isOnFor }) => [kind, isOnFor !== undefined]),
      [
        ['jwt_authn', false],
        ['jwt_authn', true],
      ],
    );
  });

  it('is ready when its filters are', async () => {
    await compile(listenerOf([chainOf('', null, [jwt, router])])).compiled.prepare('all');
  });
});

describe('a listener with an error is left out, and the error named', () => {
  const matched = (match: JsonValue) => listenerOf([chainOf('', match)]);
  const table: { name: string; given: Listener; want: RegExp }[] = [
    {
      name: 'no address',
      given: create(ListenerSchema, { filterChains: [chainOf('', null)] }),
      want: /`socket_address`/,
    },
    {
      name: 'an unknown HTTP filter',
      given: listenerOf([chainOf('', null, [lua, router])]),
      want: /the HTTP filter `envoy.extensions.filters.http.lua.v3.Lua` is not supported/,
    },
    {
      name: 'no router',
      given: listenerOf([chainOf('', null, [jwt])]),
      want: /last HTTP filter must be the router/,
    },
    {
      name: 'the router in the middle',
      given: listenerOf([chainOf('', null, [router, jwt])]),
      want: /router must be the last/,
    },
    {
      name: 'a filter without configuration',
      given: listenerOf([chainOf('', null, [{ name: 'x' }, router])]),
      want: /`x` without `typed_config`/,
    },
    {
      name: 'routes from elsewhere',
      given: listenerOf([chainOf('', null, [router], { routeSpecifier: { case: 'rds', value: {} } })]),
      want: /`rds`/,
    },
    {
      name: 'two ways to strip ports',
      given: listenerOf([
        chainOf('', null, [router], {
          stripMatchingHostPort: true,
          stripPortMode: { case: 'stripAnyHostPort', value: true },
        }),
      ]),
      want: /only one of strip_matching_host_port and strip_any_host_port/,
    },
    {
      name: 'absolute targets are to be no targets',
      given: listenerOf([chainOf('a', null, [router], { httpProtocolOptions: { allowAbsoluteUrl: false } })]),
      want: /`allow_absolute_url` is not supported where it is `false`/,
    },
    {
      name: 'another network filter',
      given: listenerOf([{ ...chainOf('', null), filters: [] }]),
      want: /HTTP connection manager and before it nothing but `rbac`/,
    },
    {
      name: 'the same rules twice',
      given: listenerOf([chainOf('a', null), chainOf('b', null)]),
      want: /`b` has the same matching rules/,
    },
    {
      name: 'a matcher of chains',
      given: listenerOf([chainOf('', null)], { filterChainMatcher: {} }),
      want: /`filter_chain_matcher`/,
    },
    { name: 'a chain by port', given: matched({ destination_port: 1 }), want: /`destination_port`/ },
    { name: 'a chain by address', given: matched({ prefix_ranges: [{}] }), want: /`prefix_ranges`/ },
    {
      name: 'a chain by source',
      given: matched({ source_prefix_ranges: [{}] }),
      want: /`source_prefix_ranges`/,
    },
  ];
  it('but for a filter that may be missing and says no type: the chain is without it', () => {
    const { compiled, messages } = compile(
      listenerOf([chainOf('', null, [{ name: 'x', isOptional: true }, router])]),
    );
    assert.match(messages.join('\n'), /`x` has no `typed_config` and is optional/);
    assert.equal(compiled.listeners.length, 1);
  });

  for (const { name, given, want } of table) {
    it(name, () => {
      const { compiled, messages } = compile(given, listenerOf([chainOf('good', null)]));
      assert.match(messages.join('\n'), want);
      assert.equal(compiled.listeners.length, 1, 'the other one stays');
    });
  }
});

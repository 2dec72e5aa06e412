import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create, type DescMessage, fromJson, type JsonValue } from '@bufbuild/protobuf';
import { AnySchema, anyPack, DurationSchema } from '@bufbuild/protobuf/wkt';
import { FilterConfigSchema } from '#schema/envoy/config/route/v3/route_components_pb.js';
import { RouteConfigurationSchema } from '#schema/envoy/config/route/v3/route_pb.js';
import {
  JwtAuthenticationSchema,
  PerRouteConfigSchema,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import { RBACPerRouteSchema, RBACSchema } from '#schema/envoy/extensions/filters/http/rbac/v3/rbac_pb.js';
import { RouterSchema } from '#schema/envoy/extensions/filters/http/router/v3/router_pb.js';
import { HttpConnectionManagerSchema } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { ManualClock, silentLogger } from '../../base/index.ts';
import { nodeCrypto } from '../../platform/index.ts';
import { Findings } from '../../resources/index.ts';
import { Stats } from '../stats.ts';
import { RouteFilterCompiler } from './compile-route-filter.ts';

const hcm = create(HttpConnectionManagerSchema, {
  httpFilters: [
    {
      name: 'jwt',
      configType: {
        case: 'typedConfig',
        value: anyPack(JwtAuthenticationSchema, create(JwtAuthenticationSchema)),
      },
    },
  ],
});

const packed = (schema: DescMessage, json: JsonValue) => anyPack(schema, fromJson(schema, json));
const jwt = packed(PerRouteConfigSchema, { requirement_name: 'r' });
const wrapper = (init: object) => anyPack(FilterConfigSchema, create(FilterConfigSchema, init));

function compile(name: string, config: ReturnType<typeof packed>) {
  const findings = new Findings();
  const compiler = new RouteFilterCompiler(hcm, {
    stats: new Stats(),
    rootStats: new Stats(),
    clock: new ManualClock(0),
    jwks: null,
    upstreams: null,
    crypto: nodeCrypto,
    findings,
    envoyExact: false,
    logger: silentLogger,
  });
  const said = compiler.compile(name, config, create(RouteConfigurationSchema));
  return { said, switched: [...compiler.switched], messages: findings.list.map((one) => one.message) };
}

describe('what a route says to a filter', () => {
  it('is compiled by the filter’s own factory', () => {
    const { said, messages } = compile('jwt', jwt);
    assert.ok(said !== null && typeof said === 'object');
    assert.equal(said.typeName, PerRouteConfigSchema.typeName);
    assert.deepEqual(messages, []);
  });

  const table = [
    {
      name: 'wrapped, it counts the same',
      given: wrapper({ config: jwt }),
      want: PerRouteConfigSchema.typeName,
    },
    { name: 'disabled switches off', given: wrapper({ disabled: true, config: jwt }), want: 'off' },
    { name: 'an empty wrapper switches on', given: wrapper({ config: {} }), want: 'on' },
    {
      name: 'an empty message of no type is refused',
      given: create(AnySchema),
      want: null,
      says: /^Didn't find a registered/,
    },
    {
      name: 'a wrapper in a wrapper is refused',
      given: wrapper({ config: wrapper({ disabled: true }) }),
      want: null,
      says: /^Didn't find a registered .*'envoy\.config\.route\.v3\.FilterConfig'/,
    },
    {
      name: 'one that is optional switches on',
      given: wrapper({ isOptional: true, config: wrapper({ disabled: true }) }),
      want: 'on',
    },
    {
      name: 'a message that is no filter’s is refused',
      given: anyPack(DurationSchema, create(DurationSchema)),
      want: null,
      says: /^Didn't find a registered .*'google\.protobuf\.Duration'/,
    },
    { name: 'a wrapper of nothing is refused', given: wrapper({}), want: null, says: /^Empty route/ },
    {
      name: 'another filter’s message has no effect',
      given: packed(RBACPerRouteSchema, {}),
      want: 'on',
      says: /takes no/,
    },
    {
      name: 'a filter’s own configuration is refused, where its routes have another',
      given: packed(RBACSchema, { rules: {} }),
      want: null,
      says: /^Unable to unpack as envoy\.extensions\.filters\.http\.rbac\.v3\.RBACPerRoute$/,
    },
    {
      name: 'an empty one counts as an empty one of its routes',
      given: packed(RBACSchema, {}),
      want: 'on',
      says: /takes no `envoy\.extensions\.filters\.http\.rbac\.v3\.RBACPerRoute`/,
    },
    {
      name: 'the router’s is refused',
      given: packed(RouterSchema, {}),
      want: null,
      says: /^The filter jwt doesn't support/,
    },
  ];
  for (const { name, given, want, says } of table) {
    it(name, () => {
      const { said, switched, messages } = compile('jwt', given);
      assert.equal(said !== null && typeof said === 'object' ? said.typeName : said, want);
      assert.deepEqual(switched, want === 'off' || want === 'on' ? ['jwt'] : []);
      if (says === undefined) assert.deepEqual(messages, []);
      else assert.match(messages.join('\n'), says);
    });
  }

  it('has no effect under a name that no filter has, and is warned of', () => {
    const { said, messages } = compile('envoy.filters.http.jwt_authn', jwt);
    assert.equal(said, 'on');
    assert.match(messages.join(), /no HTTP filter is named `envoy.filters.http.jwt_authn`/);
  });

  it('is refused under any name where the filter that it is for would refuse it', () => {
    const principals = [{ source_ip: { address_prefix: 'nowhere' } }];
    const rules = { policies: { p: { permissions: [{ any: true }], principals } } };
    const given = packed(RBACPerRouteSchema, { rbac: { rules } });
    for (const name of ['nobody', 'jwt']) {
      const { said, messages } = compile(name, given);
      assert.equal(said, null);
      assert.deepEqual(messages, ['malformed IP address: `nowhere`']);
    }
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create, fromJson, type JsonValue } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import { HeaderMutationSchema } from '#schema/envoy/extensions/filters/http/header_mutation/v3/header_mutation_pb.js';
import { RBACSchema } from '#schema/envoy/extensions/filters/http/rbac/v3/rbac_pb.js';
import { HttpConnectionManagerSchema } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { packAny } from '../../resources/index.ts';
import { asksForCourse } from './asks-for-course.ts';

const asks = (value: string) =>
  asksForCourse(
    fromJson(HttpConnectionManagerSchema, {
      stat_prefix: 'a',
      route_config: { response_headers_to_add: [{ header: { key: 'x', value } }] },
    }),
  );

const select = (name: string, field: string) => ({
  select_expr: { operand: { ident_expr: { name } }, field },
});

describe('how an exchange goes is written down', () => {
  for (const operator of [
    '%RESP(a)%',
    '%RESPONSE_CODE%',
    '%UPSTREAM_HOST%',
    '%START_TIME(%s)%',
    '%START_TIME%',
    '%EMIT_TIME%',
    '%DURATION%',
    '%REQUEST_DURATION%',
    '%REQUEST_TX_DURATION%',
    '%BYTES_SENT%',
    '%RESPONSE_HEADER(a):3%',
  ]) {
    it(`where ${operator} asks for it`, () => assert.ok(asks(`<${operator}>`)));
  }
  it('where a filter asks for it, read or unread', () => {
    const message = fromJson(HeaderMutationSchema, {
      mutations: { response_mutations: [{ append: { header: { key: 'x', value: '%DURATION%' } } }] },
    });
    for (const typedConfig of [
      packAny(HeaderMutationSchema, message),
      anyPack(HeaderMutationSchema, message),
    ]) {
      const httpFilters = [{ name: 'a', configType: { case: 'typedConfig' as const, value: typedConfig } }];
      assert.ok(asksForCourse(create(HttpConnectionManagerSchema, { httpFilters })));
    }
  });
  const conditions: { name: string; given: JsonValue; want: boolean }[] = [
    { name: 'request.time', given: select('request', 'time'), want: true },
    { name: 'xds.cluster_name', given: select('xds', 'cluster_name'), want: true },
    { name: 'upstream.num_endpoints', given: select('upstream', 'num_endpoints'), want: true },
    { name: 'xds as a whole', given: { ident_expr: { name: 'xds' } }, want: true },
    { name: 'request.path', given: select('request', 'path'), want: false },
  ];
  for (const { name, given, want } of conditions) {
    it(`${want ? '' : 'not '}where a condition names ${name}, read or unread`, () => {
      const policy = { permissions: [{ any: true }], principals: [{ any: true }], condition: given };
      const message = fromJson(RBACSchema, { rules: { policies: { a: policy } } });
      for (const typedConfig of [packAny(RBACSchema, message), anyPack(RBACSchema, message)]) {
        const httpFilters = [{ name: 'a', configType: { case: 'typedConfig' as const, value: typedConfig } }];
        assert.equal(asksForCourse(create(HttpConnectionManagerSchema, { httpFilters })), want);
      }
    });
  }
  for (const text of ['plain', '%REQ(:path)%', '%DYNAMIC_METADATA(a:b)%', '%PROTOCOL%', '100%% RESP']) {
    it(`not where all there is is ${text}`, () => assert.ok(!asks(text)));
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromJson } from '@bufbuild/protobuf';
import { HttpConnectionManagerSchema } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { asksForCourse } from './asks-for-course.ts';

const asks = (value: string) =>
  asksForCourse(
    fromJson(HttpConnectionManagerSchema, {
      stat_prefix: 'a',
      route_config: { response_headers_to_add: [{ header: { key: 'x', value } }] },
    }),
  );

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
  for (const text of ['plain', '%REQ(:path)%', '%DYNAMIC_METADATA(a:b)%', '%PROTOCOL%', '100%% RESP']) {
    it(`not where all there is is ${text}`, () => assert.ok(!asks(text)));
  }
});

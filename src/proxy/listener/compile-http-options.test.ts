import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromJson, type JsonObject } from '@bufbuild/protobuf';
import { TrafficDirection } from '#schema/envoy/config/core/v3/base_pb.js';
import { RouterSchema } from '#schema/envoy/extensions/filters/http/router/v3/router_pb.js';
import { HttpConnectionManagerSchema } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { compileHttpOptions } from './compile-http-options.ts';

const optionsOf = (manager: JsonObject, direction = TrafficDirection.UNSPECIFIED) => {
  const origin = fromJson(HttpConnectionManagerSchema, manager);
  const listener = { metadata: null, direction, chainName: '' };
  const node = { cluster: 'ö', id: '' };
  return compileHttpOptions({ origin, router: fromJson(RouterSchema, {}), node, listener }, '10.0.0.1');
};

it('the operation that a client names is taken where requests are traced, but for those on their way out', () => {
  const takes = (direction: TrafficDirection) =>
    optionsOf({ tracing: {} }, direction).tracing?.takesOperation;
  assert.deepEqual(
    [TrafficDirection.UNSPECIFIED, TrafficDirection.INBOUND, TrafficDirection.OUTBOUND].map(takes),
    [true, true, false],
  );
  assert.equal(optionsOf({}).tracing, null);
});

describe('add_user_agent', () => {
  it('tells of the process, in UTF-8, where it is set', () => {
    assert.deepEqual(optionsOf({ addUserAgent: true }).ownName, { cluster: '\xc3\xb6', id: '' });
    assert.equal(optionsOf({ addUserAgent: false }).ownName, null);
  });
});

describe('a number of an action that has no name is what Envoy takes it for', () => {
  it('names with underscores: a refusal', () => {
    const actionOf = (action: number) =>
      optionsOf({ commonHttpProtocolOptions: { headersWithUnderscoresAction: action } }).underscores;
    assert.deepEqual([0, 1, 2, 3, -1].map(actionOf), ['allow', 'reject', 'drop', 'reject', 'reject']);
  });

  it('escaped slashes: unescaped and forwarded', () => {
    const actionOf = (action: number) => optionsOf({ pathWithEscapedSlashesAction: action }).escapedSlashes;
    assert.deepEqual([1, 2, 3, 4, 5, -1].map(actionOf), [
      'keep',
      'reject',
      'redirect',
      'forward',
      'forward',
      'forward',
    ]);
  });
});

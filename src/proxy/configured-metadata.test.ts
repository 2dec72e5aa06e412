import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromBinary, fromJson, type JsonValue, toBinary } from '@bufbuild/protobuf';
import { MetadataSchema } from '#schema/envoy/config/core/v3/base_pb.js';
import { registry } from '#schema/registry.js';
import { configuredMetadata } from './configured-metadata.ts';

const TYPE = 'type.googleapis.com/google.protobuf.';
const contents = (packed: Record<string, JsonValue>) => {
  const typed_filter_metadata = packed as JsonValue;
  const read = fromJson(MetadataSchema, { typed_filter_metadata }, { registry });
  // As a worker gets it.
  const metadata = fromBinary(MetadataSchema, toBinary(MetadataSchema, read));
  return [...(configuredMetadata(metadata)?.typed ?? [])].map(([, { content }]) => content);
};

describe('configured metadata', () => {
  const table: { type: string; value: JsonValue; want: object }[] = [
    { type: 'BoolValue', value: true, want: { case: 'boolValue', value: true } },
    { type: 'Int32Value', value: -5, want: { case: 'int64Value', value: -5n } },
    { type: 'Int64Value', value: '-5', want: { case: 'int64Value', value: -5n } },
    { type: 'UInt32Value', value: 5, want: { case: 'uint64Value', value: 5n } },
    { type: 'UInt64Value', value: '5', want: { case: 'uint64Value', value: 5n } },
    { type: 'FloatValue', value: 0.1, want: { case: 'doubleValue', value: Math.fround(0.1) } },
    { type: 'DoubleValue', value: 0.1, want: { case: 'doubleValue', value: 0.1 } },
    { type: 'StringValue', value: 'a', want: { case: 'stringValue', value: 'a' } },
    { type: 'Struct', value: { a: [1, null] }, want: { case: 'json', value: { a: [1, null] } } },
    { type: 'ListValue', value: [1, 'a'], want: { case: 'json', value: [1, 'a'] } },
    { type: 'Value', value: null, want: { case: 'json', value: null } },
    {
      type: 'Any',
      value: { '@type': `${TYPE}StringValue`, value: 'a' },
      want: { case: 'stringValue', value: 'a' },
    },
  ];
  for (const { type, value, want } of table) {
    it(`opens ${type}`, () => {
      assert.deepEqual(contents({ ns: { '@type': TYPE + type, value } }), [want]);
    });
  }

  it('knows no more of other messages than their type', () => {
    const other = { '@type': 'type.googleapis.com/envoy.config.core.v3.RuntimeUInt32', runtime_key: 'k' };
    assert.deepEqual(contents({ ns: other }), [{ case: undefined }]);
  });

  it('finds namespaces', () => {
    const metadata = configuredMetadata(fromJson(MetadataSchema, { filter_metadata: { f: { a: 1 } } }));
    assert.deepEqual([...(metadata?.keys() ?? [])], ['f']);
    assert.equal(metadata?.get('f')?.get('a'), 1);
  });
});

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { DecoratorSchema } from '#schema/envoy/config/route/v3/route_components_pb.js';
import { operationOf } from './sampling.ts';

it("a route's operation is told, in UTF-8, unless its decorator keeps it", () => {
  const told = (propagate?: boolean) => operationOf(create(DecoratorSchema, { operation: 'é', propagate }));
  assert.deepEqual([told(), told(true), told(false)], ['\xc3\xa9', '\xc3\xa9', undefined]);
  assert.equal(operationOf(undefined), undefined);
});

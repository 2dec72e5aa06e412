import type { DescMessage } from '@bufbuild/protobuf';
import type { Any } from '@bufbuild/protobuf/wkt';
import {
  JwtAuthenticationSchema,
  PerRouteConfigSchema,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import { RBACPerRouteSchema, RBACSchema } from '#schema/envoy/extensions/filters/http/rbac/v3/rbac_pb.js';
import { HttpConnectionManagerSchema } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { typeNameOf, unpackAny } from './any.ts';

interface SomeMessage {
  $typeName: string;
}

/** What is looked into where it stands in an `Any`. */
const KNOWN: ReadonlyMap<string, DescMessage> = new Map(
  [
    HttpConnectionManagerSchema,
    JwtAuthenticationSchema,
    PerRouteConfigSchema,
    RBACSchema,
    RBACPerRouteSchema,
  ].map((schema) => [schema.typeName, schema]),
);

/** Calls `visit` with a message and every message inside it, those in the known `Any`s too. */
export function walkMessages(root: unknown, visit: (message: SomeMessage) => void): void {
  if (Array.isArray(root)) {
    for (const element of root) walkMessages(element, visit);
    return;
  }
  if (typeof root !== 'object' || root === null || root instanceof Uint8Array) return;
  if (isMessage(root)) {
    if (root.$typeName === 'google.protobuf.Any') {
      const schema = KNOWN.get(typeNameOf(root as unknown as Any));
      if (schema !== undefined) walkMessages(unpackAny(schema, root as unknown as Any), visit);
      return;
    }
    visit(root);
  }
  for (const value of Object.values(root)) walkMessages(value, visit);
}

function isMessage(value: object): value is SomeMessage {
  return typeof (value as { $typeName?: unknown }).$typeName === 'string';
}

import { type JsonValue, toJson } from '@bufbuild/protobuf';
import { stringify } from 'yaml';
import { BootstrapSchema } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import type { Snapshot } from '../../resources/index.ts';
import { generatedTypes } from './filter-registry.ts';

/** Where most systems keep the roots that they trust: Envoy wants a file's name. */
const SYSTEM_ROOTS = '/etc/ssl/certs/ca-certificates.crt';

/** The snapshot as an Envoy bootstrap in YAML, as Envoy reads it: `yes` is a boolean to it. Fields are named as in its documentation. */
export function ejectBootstrap(snapshot: Snapshot): string {
  const json = toJson(BootstrapSchema, snapshot.bootstrap, {
    registry: generatedTypes,
    useProtoFieldName: true,
  });
  return stringify(withRootsFile(json), { lineWidth: 0, version: '1.1' });
}

/** Envoy 1.40 does not know `system_root_certs` and would verify nothing. */
function withRootsFile(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withRootsFile);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) =>
      key === 'system_root_certs' ? ['trusted_ca', { filename: SYSTEM_ROOTS }] : [key, withRootsFile(member)],
    ),
  );
}

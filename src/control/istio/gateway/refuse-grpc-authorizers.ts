import { ExtAuthzSchema } from '#schema/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.js';
import type { HttpFilter } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { MeshConfig } from '#schema/istio/mesh_pb.js';
import type { AuthorizationPolicy } from '#schema/istio/security_pb.js';
import type { Findings } from '../../../resources/index.ts';
import { typeNameOf, unpackAny } from '../../../resources/index.ts';
import { ISTIO_CODES } from '../codes.ts';

/** Refuses the CUSTOM policies that ask an authorizer over gRPC, which the gate does not speak. Where none is asked they deny anyway. */
export function refuseGrpcAuthorizers(
  policies: readonly AuthorizationPolicy[],
  { extensionProviders }: MeshConfig,
  filters: readonly HttpFilter[],
  findings: Findings,
): void {
  if (!filters.some(asksOverGrpc)) return;
  const providers = extensionProviders.filter(({ provider }) => provider.case === 'envoyExtAuthzGrpc');
  const names = new Set(providers.map(({ name }) => name));
  for (const { spec } of policies) {
    const { provider } = spec ?? {};
    if (provider === undefined || !names.has(provider.name)) continue;
    findings.report({
      code: ISTIO_CODES.notTranslated,
      severity: 'error',
      message: `provider \`${provider.name}\` is asked over gRPC: not done yet`,
      hint: 'describe it in the mesh configuration as `envoyExtAuthzHttp`, or run what `jotgate eject` prints with Envoy',
      envoy: 'accepts',
      about: provider,
      field: 'name',
    });
  }
}

function asksOverGrpc({ configType }: HttpFilter): boolean {
  if (configType.case !== 'typedConfig' || typeNameOf(configType.value) !== ExtAuthzSchema.typeName)
    return false;
  return unpackAny(ExtAuthzSchema, configType.value).services.case === 'grpcService';
}

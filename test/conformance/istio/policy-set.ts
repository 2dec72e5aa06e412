import { fromJson, type JsonValue } from '@bufbuild/protobuf';
import { MeshConfigSchema } from '#schema/istio/mesh_pb.js';
import {
  type Ejected,
  ejectFilters,
  type Features,
  type RemoteJwksMode,
  type Workload,
} from '../../../src/control/istio/index.ts';

/** The part of a recorded answer that says what istiod was asked. */
export interface Setting {
  workload: {
    namespace: string;
    labels?: Record<string, string>;
    kind?: 'gateway' | 'waypoint';
    service?: string;
    serviceKind?: 'Service' | 'ServiceEntry';
  };
  mesh?: JsonValue;
  features?: Partial<Features> & { remoteJwks?: RemoteJwksMode };
  web?: Record<string, string>;
}

/** Runs one set of documents through admission and translation, in the shape of a recorded answer. */
export function answerOf(name: string, text: string, setting: Setting): Ejected {
  const { remoteJwks, ...features } = setting.features ?? {};
  return ejectFilters([{ name, text }], {
    workload: workloadOf(setting),
    mesh: fromJson(MeshConfigSchema, setting.mesh ?? {}),
    features,
    remoteJwks,
    web: setting.web,
  });
}

function workloadOf({ workload }: Setting): Workload {
  const { namespace, labels = {}, kind = 'sidecar', service, serviceKind = 'Service' } = workload;
  if (service === undefined) return { namespace, labels, kind };
  const [serviceNamespace = '', serviceName = ''] = service.split('/');
  return {
    namespace,
    labels,
    kind,
    service: { namespace: serviceNamespace, name: serviceName, kind: serviceKind },
  };
}

/** Texts are advisory, that there are some is not; how many warnings there are neither. */
export function countTexts(verdict: unknown) {
  const { schema, webhook, warnings, ...rest } = verdict as Record<string, unknown>;
  const count = Array.isArray(warnings) ? warnings.length : 0;
  return { ...rest, schema: schema !== undefined, webhook: webhook !== undefined, warnings: count };
}

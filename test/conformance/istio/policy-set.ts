import { readFileSync } from 'node:fs';
import {
  createFileRegistry,
  fromBinary,
  fromJson,
  type JsonValue,
  type Message,
  toJson,
} from '@bufbuild/protobuf';
import { type Any, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { MeshConfigSchema } from '#schema/istio/mesh_pb.js';
import {
  type Admission,
  type Features,
  istiodJwks,
  Lineage,
  type RemoteJwksMode,
  readDocuments,
  Services,
  translatePolicies,
  type Workload,
} from '../../../src/control/istio/index.ts';
import { Findings, Provenance, typeNameOf, unpackAny } from '../../../src/resources/index.ts';

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

export interface Answer {
  validate: Admission[];
  translate: JsonValue;
}

const registry = createFileRegistry(
  fromBinary(
    FileDescriptorSetSchema,
    readFileSync(new URL('../../../schema/descriptors.binpb', import.meta.url)),
  ),
);

/** Runs one set of documents through admission and translation, in the shape of a recorded answer. */
export function answerOf(name: string, text: string, setting: Setting): Answer {
  const provenance = new Provenance();
  const findings = new Findings(provenance);
  const { objects, admissions } = readDocuments([{ name, text }], { findings, provenance });
  const features = { multipleCustomProviders: false, noSelectorOnK8sGateway: false, ...setting.features };
  const web = setting.web ?? {};
  const filters = translatePolicies(objects, {
    workload: workloadOf(setting),
    mesh: fromJson(MeshConfigSchema, setting.mesh ?? {}),
    features,
    jwks: istiodJwks({
      mode: setting.features?.remoteJwks ?? 'istiod',
      services: new Services(objects.serviceEntries),
      fetch: (uri) => web[uri] ?? null,
    }),
    lineage: new Lineage(provenance),
    onProblem: () => undefined,
  });
  return { validate: admissions, translate: renderFilters(filters) };
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

function renderFilters({ http, network, mtls }: ReturnType<typeof translatePolicies>): JsonValue {
  const rendered: Record<string, JsonValue> = {
    http: http.map(renderFilter),
    network: network.map(renderFilter),
    mtls: mtls.mode,
  };
  if (mtls.byPort.size > 0) rendered['mtlsByPort'] = Object.fromEntries(mtls.byPort);
  return rendered;
}

interface Configured {
  name: string;
  configType: { case: string | undefined; value?: unknown };
}

export function renderFilter(filter: Configured): JsonValue {
  const any = filter.configType.value as Any;
  const desc = registry.getMessage(typeNameOf(any));
  if (desc === undefined) throw new Error(`no schema for ${any.typeUrl}`);
  const json = toJson(desc, unpackAny(desc, any) as Message, { registry }) as Record<string, JsonValue>;
  return { name: filter.name, typedConfig: { '@type': any.typeUrl, ...json } };
}

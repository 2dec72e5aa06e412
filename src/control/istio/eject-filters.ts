import { create, type JsonValue, type Message, toJson } from '@bufbuild/protobuf';
import type { Any } from '@bufbuild/protobuf/wkt';
import { type MeshConfig, MeshConfigSchema } from '#schema/istio/mesh_pb.js';
import { Findings, Provenance, typeNameOf, unpackAny } from '../../resources/index.ts';
import type { ConfigSource } from '../config/index.ts';
import { istiodJwks, type RemoteJwksMode } from './authn/istiod-jwks.ts';
import { type Admission, readDocuments } from './documents.ts';
import { generatedTypes } from './filter-registry.ts';
import { Lineage } from './lineage.ts';
import { Services } from './services.ts';
import { type PolicyFilters, translatePolicies } from './translate-policies.ts';
import { DEFAULT_FEATURES, type Features, type Workload } from './workload.ts';

/** What istiod would be asked. */
export interface EjectSetting {
  workload: Workload;
  mesh?: MeshConfig | undefined;
  features?: Partial<Features> | undefined;
  remoteJwks?: RemoteJwksMode | undefined;
  /** What istiod finds at an address. Any other fetch fails. */
  web?: Readonly<Record<string, string>> | undefined;
}

/** istiod's answer: what admission says of each document, and what the workload is pushed. */
export interface Ejected {
  validate: JsonValue[];
  translate: JsonValue;
}

/** Runs manifests through admission and translation for one workload; filters come out as Envoy's JSON. */
export function ejectFilters(sources: readonly ConfigSource[], setting: EjectSetting): Ejected {
  const provenance = new Provenance();
  const { objects, admissions } = readDocuments(sources, { findings: new Findings(provenance), provenance });
  const web = setting.web ?? {};
  const filters = translatePolicies(objects, {
    workload: setting.workload,
    mesh: setting.mesh ?? create(MeshConfigSchema),
    features: { ...DEFAULT_FEATURES, ...setting.features },
    jwks: istiodJwks({
      mode: setting.remoteJwks ?? 'istiod',
      services: new Services(objects.serviceEntries),
      fetch: (uri) => web[uri] ?? null,
    }),
    lineage: new Lineage(provenance),
    onProblem: () => undefined,
  });
  return { validate: admissions.map(renderAdmission), translate: renderFilters(filters) };
}

function renderAdmission({ kind, name, namespace, accepted, faults }: Admission): JsonValue {
  const said = (...by: string[]) =>
    faults.filter((fault) => by.includes(fault.by)).map(({ message }) => message);
  const lists = {
    schema: said('schema', 'both'),
    webhook: said('webhook', 'both'),
    warnings: said('warning'),
  };
  const present = Object.entries(lists).filter(([, list]) => list.length > 0);
  return { kind, name, namespace, accepted, ...Object.fromEntries(present) };
}

function renderFilters({ http, network, mtls }: PolicyFilters): JsonValue {
  return {
    http: http.map(renderFilter),
    network: network.map(renderFilter),
    mtls: mtls.mode,
    ...(mtls.byPort.size > 0 ? { mtlsByPort: Object.fromEntries(mtls.byPort) } : {}),
  };
}

interface Configured {
  name: string;
  configType: { case: string | undefined; value?: unknown };
}

function renderFilter({ name, configType }: Configured): JsonValue {
  const any = configType.value as Any;
  const schema = generatedTypes.getMessage(typeNameOf(any));
  if (schema === undefined) throw new Error(`no schema for \`${any.typeUrl}\``);
  const json = toJson(schema, unpackAny(schema, any) as Message, { registry: generatedTypes });
  return { name, typedConfig: { '@type': any.typeUrl, ...(json as Record<string, JsonValue>) } };
}

import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import {
  type DestinationRule,
  DestinationRuleSchema,
  type Gateway,
  GatewaySchema,
  type ServiceEntry,
  ServiceEntrySchema,
  type VirtualService,
  VirtualServiceSchema,
  type WorkloadEntry,
  WorkloadEntrySchema,
} from '#schema/istio/networking_pb.js';
import {
  type AuthorizationPolicy,
  AuthorizationPolicySchema,
  type PeerAuthentication,
  PeerAuthenticationSchema,
  type RequestAuthentication,
  RequestAuthenticationSchema,
} from '#schema/istio/security_pb.js';
import { type Finding, Findings, type Provenance } from '../../resources/index.ts';
import {
  type ConfigSource,
  decodeNode,
  entryOf,
  parseYaml,
  type SourceNode,
  scalarAt,
} from '../config/index.ts';
import { admitAuthorizationPolicy } from './admission/authorization-policy.ts';
import { type Fault, Faults } from './admission/fault.ts';
import { checkManifestShape } from './admission/manifest-shape.ts';
import { admitMetadata } from './admission/metadata.ts';
import { admitDestinationRule, admitGateway } from './admission/networking.ts';
import { admitPeerAuthentication } from './admission/peer-authentication.ts';
import { admitRequestAuthentication } from './admission/request-authentication.ts';
import { admitVirtualService } from './admission/virtual-service.ts';
import { ISTIO_CODES } from './codes.ts';
import { type IstioObject, nameOf, namespaceOf } from './identity.ts';
import { type Stranger, strangerOf } from './strangers.ts';
import type { IstioObjects } from './translate-policies.ts';

/** What admission says of one document. */
export interface Admission {
  kind: string;
  name: string;
  namespace: string;
  accepted: boolean;
  faults: Fault[];
}

export interface IstioDocuments {
  /** The admitted ones. */
  objects: IstioObjects;
  admissions: Admission[];
  strangers: Stranger[];
}

interface Kind<Desc extends DescMessage> {
  group: string;
  schema: Desc;
  admit(object: MessageShape<Desc>, faults: Faults): void;
  keep(object: MessageShape<Desc>, objects: IstioObjects): void;
}

const KINDS: Readonly<Record<string, Kind<DescMessage>>> = {
  RequestAuthentication: kind({
    group: 'security.istio.io',
    schema: RequestAuthenticationSchema,
    admit: admitRequestAuthentication,
    keep: (object: RequestAuthentication, objects) => objects.requestAuthentications.push(object),
  }),
  AuthorizationPolicy: kind({
    group: 'security.istio.io',
    schema: AuthorizationPolicySchema,
    admit: admitAuthorizationPolicy,
    keep: (object: AuthorizationPolicy, objects) => objects.authorizationPolicies.push(object),
  }),
  PeerAuthentication: kind({
    group: 'security.istio.io',
    schema: PeerAuthenticationSchema,
    admit: admitPeerAuthentication,
    keep: (object: PeerAuthentication, objects) => objects.peerAuthentications.push(object),
  }),
  ServiceEntry: kind({
    group: 'networking.istio.io',
    schema: ServiceEntrySchema,
    admit: () => undefined,
    keep: (object: ServiceEntry, objects) => objects.serviceEntries.push(object),
  }),
  WorkloadEntry: kind({
    group: 'networking.istio.io',
    schema: WorkloadEntrySchema,
    admit: () => undefined,
    keep: (object: WorkloadEntry, objects) => objects.workloadEntries.push(object),
  }),
  Gateway: kind({
    group: 'networking.istio.io',
    schema: GatewaySchema,
    admit: admitGateway,
    keep: (object: Gateway, objects) => objects.gateways.push(object),
  }),
  VirtualService: kind({
    group: 'networking.istio.io',
    schema: VirtualServiceSchema,
    admit: admitVirtualService,
    keep: (object: VirtualService, objects) => objects.virtualServices.push(object),
  }),
  DestinationRule: kind({
    group: 'networking.istio.io',
    schema: DestinationRuleSchema,
    admit: admitDestinationRule,
    keep: (object: DestinationRule, objects) => objects.destinationRules.push(object),
  }),
};

/** The kinds that are read, each with its API group. */
export const KIND_GROUPS: ReadonlyMap<string, string> = new Map(
  Object.entries(KINDS).map(([name, { group }]) => [name, group]),
);

function kind<Desc extends DescMessage>(entry: Kind<Desc>): Kind<DescMessage> {
  return entry as unknown as Kind<DescMessage>;
}

/** What was read of one text. */
export interface ReadSource {
  text: string;
  documents: IstioDocuments;
  findings: readonly Finding[];
}

/**
 * Reads Istio objects, checks them as Istio's admission does, and keeps those that pass. Everything wrong is a located finding.
 * @param options.known by name what was read before; a text that is still the same is not read again
 */
export function readDocuments(
  sources: readonly ConfigSource[],
  options: { findings: Findings; provenance: Provenance; known?: Map<string, ReadSource> | undefined },
): IstioDocuments {
  const { findings, provenance, known = new Map<string, ReadSource>() } = options;
  const all = noDocuments();
  for (const source of sources) {
    const before = known.get(source.name);
    const read = before?.text === source.text ? before : readSource(source, provenance);
    known.set(source.name, read);
    for (const finding of read.findings) findings.add(finding);
    append(all, read.documents);
  }
  return all;
}

function readSource(source: ConfigSource, provenance: Provenance): ReadSource {
  const findings = new Findings(provenance);
  const documents = noDocuments();
  const options = { findings, provenance };
  for (const node of parseYaml(source, options).flatMap(itemsOf)) readDocument(node, documents, options);
  return { text: source.text, documents, findings: findings.list };
}

function noDocuments(): IstioDocuments {
  return {
    objects: {
      requestAuthentications: [],
      authorizationPolicies: [],
      peerAuthentications: [],
      serviceEntries: [],
      workloadEntries: [],
      gateways: [],
      virtualServices: [],
      destinationRules: [],
    },
    admissions: [],
    strangers: [],
  };
}

function append(all: IstioDocuments, { objects, admissions, strangers }: IstioDocuments): void {
  for (const admission of admissions) all.admissions.push(admission);
  for (const stranger of strangers) all.strangers.push(stranger);
  for (const kind of Object.keys(objects) as (keyof IstioObjects)[]) {
    for (const object of objects[kind]) (all.objects[kind] as object[]).push(object);
  }
}

/** `kubectl get -o yaml` wraps objects in a List, the API server those of one kind in a list of that kind; a list may have lists. */
function itemsOf(node: SourceNode): SourceNode[] {
  const items = scalarAt(node, 'kind')?.endsWith('List') === true ? entryOf(node, 'items')?.value : undefined;
  return items?.kind === 'list' ? items.items.flatMap(itemsOf) : [node];
}

function readDocument(
  node: SourceNode,
  documents: IstioDocuments,
  { findings, provenance }: { findings: Findings; provenance: Provenance },
): void {
  const entry = knownKind(node);
  if (entry === undefined) {
    documents.strangers.push(strangerOf(node));
    return;
  }
  const own = new Findings(provenance);
  const object = decodeNode(entry.schema, node, { findings: own, provenance });
  addShapeFindings(entry.schema, node, own);
  const faults = new Faults();
  for (const { message } of own.list) faults.both(object ?? node, undefined, message);
  const decoded = faults.list.length;
  if (object !== null) {
    admitMetadata(object as IstioObject, faults);
    entry.admit(object, faults);
  }
  reportFaults(faults.list.slice(decoded), own);
  findings.list.push(...own.list);
  const accepted = object !== null && !own.hasErrors;
  documents.admissions.push(admissionOf(object, node, accepted, faults.list));
  if (accepted) entry.keep(object, documents.objects);
}

/** What the decoder has said of a place is not said again in other words. */
function addShapeFindings(schema: DescMessage, node: SourceNode, findings: Findings): void {
  const shape = new Findings();
  checkManifestShape(schema, node, shape);
  const said = new Set(findings.list.map(({ at }) => `${at?.line}:${at?.column}`));
  for (const finding of shape.list) {
    if (!said.has(`${finding.at?.line}:${finding.at?.column}`)) findings.add(finding);
  }
}

function knownKind(node: SourceNode): Kind<DescMessage> | undefined {
  const kind = scalarAt(node, 'kind') ?? '';
  const entry = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  return scalarAt(node, 'apiVersion')?.startsWith(`${entry?.group}/`) ? entry : undefined;
}

function admissionOf(object: object | null, node: SourceNode, accepted: boolean, faults: Fault[]): Admission {
  const known = object ?? {};
  return {
    kind: scalarAt(node, 'kind') ?? '',
    name: nameOf(known),
    namespace: namespaceOf(known),
    accepted,
    faults,
  };
}

function reportFaults(faults: readonly Fault[], findings: Findings): void {
  for (const { by, message, hint, about, field } of faults) {
    const warning = by === 'warning';
    findings.report({
      code: warning ? ISTIO_CODES.admissionWarning : ISTIO_CODES.admission,
      severity: warning ? 'warning' : 'error',
      envoy: warning ? 'accepts' : 'refuses',
      message,
      hint,
      about,
      ...(field === undefined ? {} : { field }),
    });
  }
}

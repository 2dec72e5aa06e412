import { type DescMessage, equals, type MessageShape } from '@bufbuild/protobuf';
import {
  DestinationRuleSchema,
  GatewaySchema,
  ServiceEntrySchema,
  VirtualServiceSchema,
  WorkloadEntrySchema,
} from '#schema/istio/networking_pb.js';
import {
  AuthorizationPolicySchema,
  PeerAuthenticationSchema,
  RequestAuthenticationSchema,
} from '#schema/istio/security_pb.js';
import type { Findings, Position, Provenance } from '../../resources/index.ts';
import { ISTIO_CODES } from './codes.ts';
import { type IstioObject, nameOf, nameplateOf, namespaceOf } from './identity.ts';
import type { IstioObjects } from './translate-policies.ts';

/** Refuses the second of two objects that are one to Kubernetes. The very same object twice does no harm. */
export function refuseTwins(objects: IstioObjects, provenance: Provenance, findings: Findings): void {
  refuse(RequestAuthenticationSchema, objects.requestAuthentications);
  refuse(AuthorizationPolicySchema, objects.authorizationPolicies);
  refuse(PeerAuthenticationSchema, objects.peerAuthentications);
  refuse(GatewaySchema, objects.gateways);
  refuse(VirtualServiceSchema, objects.virtualServices);
  refuse(ServiceEntrySchema, objects.serviceEntries);
  refuse(WorkloadEntrySchema, objects.workloadEntries);
  refuse(DestinationRuleSchema, objects.destinationRules);

  function refuse<Desc extends DescMessage>(
    schema: Desc,
    list: readonly (MessageShape<Desc> & IstioObject)[],
  ): void {
    const known = new Map<string, MessageShape<Desc>>();
    for (const object of list) {
      const key = `${namespaceOf(object)}/${nameOf(object)}`;
      const other = known.get(key);
      if (other === undefined) known.set(key, object);
      else if (!equals(schema, other, object)) report(object, provenance.find(other), findings);
    }
  }
}

/** Rules are named after their object, so that of two those of one would be lost. */
function report(object: IstioObject, other: Position | undefined, findings: Findings): void {
  const place = other === undefined ? '' : `; the other is at ${other.file}:${other.line}`;
  findings.report({
    code: ISTIO_CODES.twice,
    severity: 'error',
    message: `\`${nameOf(object)}\` of namespace \`${namespaceOf(object)}\` is there twice`,
    hint: `leave one of them out${place}`,
    envoy: 'accepts',
    ...nameplateOf(object),
  });
}

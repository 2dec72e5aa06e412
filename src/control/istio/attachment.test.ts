import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { AuthorizationPolicySchema } from '#schema/istio/security_pb.js';
import { PolicyIndex, type Scope } from './attachment.ts';
import { nameOf } from './identity.ts';
import { DEFAULT_FEATURES, GATEWAY_NAME_LABEL, type Workload } from './workload.ts';

type Spec = MessageInitShape<typeof AuthorizationPolicySchema>['spec'];

const policy = (name: string, namespace: string, spec: Spec = {}, creationTimestamp = '') =>
  create(AuthorizationPolicySchema, { metadata: { name, namespace, creationTimestamp }, spec });

const toGateway = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'gw' };
const POLICIES = [
  policy('plain', 'foo'),
  policy('selected', 'foo', { selector: { matchLabels: { app: 'web' } } }),
  policy('unselected', 'foo', { selector: { matchLabels: { app: 'other' } } }),
  policy('elsewhere', 'bar'),
  policy('mesh-wide', 'istio-system'),
  policy('old', 'foo', {}, '2020-01-01T00:00:00Z'),
  policy('gateway', 'foo', { targetRefs: [toGateway] }),
  policy('service', 'foo', { targetRefs: [{ kind: 'Service', name: 'web' }] }),
  policy('waypoints', 'istio-system', {
    targetRefs: [{ ...toGateway, kind: 'GatewayClass', name: 'istio-waypoint' }],
  }),
];

const sidecar: Workload = { namespace: 'foo', labels: { app: 'web', version: 'v1' }, kind: 'sidecar' };
const managed: Workload = {
  namespace: 'foo',
  labels: { app: 'web', [GATEWAY_NAME_LABEL]: 'gw' },
  kind: 'gateway',
};

interface Case {
  name: string;
  workload: Workload;
  features?: Partial<Scope['features']>;
  want: string[];
}

const CASES: Case[] = [
  {
    name: 'a sidecar takes the root namespace first, then its own, oldest first',
    workload: sidecar,
    want: ['mesh-wide', 'old', 'plain', 'selected'],
  },
  {
    name: 'a gateway without a name goes by selectors too',
    workload: { ...sidecar, kind: 'gateway' },
    want: ['mesh-wide', 'old', 'plain', 'selected'],
  },
  {
    name: 'a managed gateway also takes what refers to it',
    workload: managed,
    want: ['mesh-wide', 'old', 'gateway', 'plain', 'selected'],
  },
  {
    name: 'without selectors on managed gateways only that',
    workload: managed,
    features: { noSelectorOnK8sGateway: true },
    want: ['gateway'],
  },
  {
    name: 'a waypoint goes by references only',
    workload: { ...managed, kind: 'waypoint', service: { namespace: 'foo', name: 'web', kind: 'Service' } },
    want: ['waypoints', 'gateway', 'service'],
  },
];

describe('which policies apply to a workload', () => {
  for (const { name, workload, features, want } of CASES) {
    it(name, () => {
      const scope = {
        workload,
        rootNamespace: 'istio-system',
        features: { ...DEFAULT_FEATURES, ...features },
      };
      assert.deepEqual(new PolicyIndex(POLICIES).select(scope, 'root first').map(nameOf), want);
    });
  }
});

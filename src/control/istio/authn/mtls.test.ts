import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { MutualTLS_Mode as Mode, PeerAuthenticationSchema } from '#schema/istio/security_pb.js';
import type { Workload } from '../workload.ts';
import { composeMtls } from './mtls.ts';

const WORKLOAD: Workload = { namespace: 'foo', labels: { app: 'web' }, kind: 'sidecar' };

interface Peer {
  namespace: string;
  mode: Mode;
  app?: string;
  created?: string;
  ports?: Record<number, Mode>;
}

const peer = ({ namespace, mode, app, created = '', ports = {} }: Peer, index: number) =>
  create(PeerAuthenticationSchema, {
    metadata: { name: `p${index}`, namespace, creationTimestamp: created },
    spec: {
      mtls: { mode },
      ...(app === undefined ? {} : { selector: { matchLabels: { app } } }),
      portLevelMtls: Object.fromEntries(
        Object.entries(ports).map(([port, value]) => [port, { mode: value }]),
      ),
    },
  });

const mesh = (mode: Mode) => ({ namespace: 'istio-system', mode });

const CASES: { name: string; given: Peer[]; want: string; ports?: [number, string][] }[] = [
  { name: 'nothing said: permissive', given: [], want: 'PERMISSIVE' },
  { name: "the mesh's", given: [mesh(Mode.STRICT)], want: 'STRICT' },
  {
    name: "the namespace's before the mesh's",
    given: [mesh(Mode.STRICT), { namespace: 'foo', mode: Mode.DISABLE }],
    want: 'DISABLE',
  },
  {
    name: "the workload's before the namespace's",
    given: [
      { namespace: 'foo', mode: Mode.DISABLE },
      { namespace: 'foo', mode: Mode.STRICT, app: 'web' },
    ],
    want: 'STRICT',
  },
  {
    name: 'UNSET takes the wider one',
    given: [mesh(Mode.STRICT), { namespace: 'foo', mode: Mode.UNSET }],
    want: 'STRICT',
  },
  {
    name: 'a selector in the root namespace is ignored',
    given: [{ ...mesh(Mode.STRICT), app: 'web' }],
    want: 'PERMISSIVE',
  },
  {
    name: 'another workload’s is ignored',
    given: [{ namespace: 'foo', mode: Mode.STRICT, app: 'other' }],
    want: 'PERMISSIVE',
  },
  {
    name: 'of two the oldest',
    given: [
      { namespace: 'foo', mode: Mode.STRICT, created: '2021-01-01T00:00:00Z' },
      { namespace: 'foo', mode: Mode.DISABLE, created: '2020-01-01T00:00:00Z' },
    ],
    want: 'DISABLE',
  },
  {
    name: 'ports of their own; UNSET is the workload’s',
    given: [{ namespace: 'foo', mode: Mode.STRICT, app: 'web', ports: { 80: Mode.DISABLE, 81: Mode.UNSET } }],
    want: 'STRICT',
    ports: [
      [80, 'DISABLE'],
      [81, 'STRICT'],
    ],
  },
];

describe('the mTLS mode of a workload', () => {
  for (const { name, given, want, ports = [] } of CASES) {
    it(name, () => {
      const { mode, byPort } = composeMtls(given.map(peer), WORKLOAD, 'istio-system');
      assert.deepEqual({ mode, ports: [...byPort] }, { mode: want, ports });
    });
  }
});

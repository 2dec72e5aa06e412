import {
  MutualTLS_Mode as Mode,
  MutualTLS_ModeSchema,
  type PeerAuthentication,
} from '#schema/istio/security_pb.js';
import { type IstioObject, inOrderOfCreation, namespaceOf } from '../identity.ts';
import type { Workload } from '../workload.ts';

type MtlsMode = 'DISABLE' | 'PERMISSIVE' | 'STRICT';

/** What a workload asks of the connections that come in. */
export interface Mtls {
  mode: MtlsMode;
  byPort: Map<number, MtlsMode>;
}

/** Workload before namespace before mesh, of each the oldest; UNSET takes the wider one's (istio.md §1.7). */
export function composeMtls(
  peers: readonly PeerAuthentication[],
  workload: Workload,
  rootNamespace: string,
): Mtls {
  const ordered = inOrderOfCreation(peers);
  const wide = (namespace: string) =>
    ordered.find((peer) => namespaceOf(peer) === namespace && !hasSelector(peer));
  const own = ordered.find(
    (peer) =>
      namespaceOf(peer) === workload.namespace &&
      namespaceOf(peer) !== rootNamespace &&
      selects(peer, workload),
  );
  const mesh = modeOf(wide(rootNamespace), Mode.PERMISSIVE);
  const namespace = modeOf(workload.namespace === rootNamespace ? undefined : wide(workload.namespace), mesh);
  const mode = modeOf(own, namespace);
  const byPort = new Map<number, MtlsMode>();
  for (const [port, { mode: portMode }] of Object.entries(own?.spec?.portLevelMtls ?? {})) {
    byPort.set(Number(port), nameOfMode(portMode === Mode.UNSET ? mode : portMode));
  }
  return { mode: nameOfMode(mode), byPort };
}

function modeOf(peer: PeerAuthentication | undefined, inherited: Mode): Mode {
  const mode = peer?.spec?.mtls?.mode ?? Mode.UNSET;
  return mode === Mode.UNSET ? inherited : mode;
}

function nameOfMode(mode: Mode): MtlsMode {
  return MutualTLS_ModeSchema.value[mode].name as MtlsMode;
}

function hasSelector(peer: PeerAuthentication): boolean {
  return Object.keys(peer.spec?.selector?.matchLabels ?? {}).length > 0;
}

function selects(peer: PeerAuthentication & IstioObject, { labels }: Workload): boolean {
  const wanted = Object.entries(peer.spec?.selector?.matchLabels ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

import type { PeerAuthentication } from '#schema/istio/security_pb.js';
import type { Faults } from './fault.ts';
import { admitSelector } from './target.ts';

/** Istio's own checks of a PeerAuthentication (istio.md §1.7, §2.9). */
export function admitPeerAuthentication({ spec }: PeerAuthentication, faults: Faults): void {
  if (spec === undefined) return;
  if (spec.selector !== undefined) admitSelector(spec.selector, faults);
  const ports = Object.keys(spec.portLevelMtls);
  if (ports.length === 0) return;
  if (Object.keys(spec.selector?.matchLabels ?? {}).length === 0) {
    faults.schema(spec, 'port_level_mtls', '`portLevelMtls` needs a `selector` with labels');
  }
  for (const port of ports) {
    if (Number(port) < 1 || Number(port) > 65535) {
      faults.schema(spec, `port_level_mtls[${port}]`, `port \`${port}\` is not within 1..65535`);
    }
  }
}

import type { Bootstrap } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import { type AdminServer, startAdmin } from '../admin/index.ts';
import { compileRegex } from '../core/match/index.ts';
import { GateStartError } from './gate.ts';
import { describeListenError } from './listen-error.ts';
import type { RefusalRing } from './refusal-ring.ts';
import type { WorkerHost } from './worker-host.ts';

/** Starts the admin interface where the bootstrap names an address for it. */
export async function startGateAdmin(
  bootstrap: Bootstrap,
  host: WorkerHost,
  ring: RefusalRing | null,
): Promise<AdminServer | null> {
  const address = bootstrap.admin?.address?.address;
  if (address?.case !== 'socketAddress' || address.value.portSpecifier.case !== 'portValue') return null;
  const at = { address: address.value.address, port: address.value.portSpecifier.value };
  try {
    return await startAdmin(at, {
      stats: () => host.stats(),
      ready: () => host.running,
      refusals: ring,
      compileFilter: (pattern) => {
        const compiled = compileRegex(`(?s:.*)(?:${pattern})(?s:.*)`);
        return compiled.error === undefined ? (name) => compiled.regex.matchesAll(name) : null;
      },
    });
  } catch (error) {
    throw new GateStartError(
      `admin: ${describeListenError(error as NodeJS.ErrnoException, at, at).split(';')[0]}`,
    );
  }
}

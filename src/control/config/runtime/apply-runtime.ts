import { create } from '@bufbuild/protobuf';
import type { Bootstrap } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import type {
  RuntimeFeatureFlag,
  RuntimeFractionalPercent,
  RuntimeUInt32,
} from '#schema/envoy/config/core/v3/base_pb.js';
import type { WeightedCluster } from '#schema/envoy/config/route/v3/route_components_pb.js';
import {
  FractionalPercent_DenominatorType as Denominator,
  FractionalPercentSchema,
} from '#schema/envoy/type/v3/percent_pb.js';
import type { CheckContext } from '../checks/check-context.ts';
import type { DecodeContext } from '../decode/decode-context.ts';
import { changesDecisions } from './decision-keys.ts';
import { type RuntimeEntry, staticRuntimeOf } from './static-runtime.ts';

type Find = (key: string) => RuntimeEntry | undefined;

/** Who asks the runtime, by the full name of the message, and puts what it says in the place of the default. */
const READERS: Readonly<Record<string, (message: never, find: Find) => void>> = {
  'envoy.config.core.v3.RuntimeFractionalPercent': setFraction,
  'envoy.config.core.v3.RuntimeFeatureFlag': setFlag,
  'envoy.config.core.v3.RuntimeUInt32': setNumber,
  'envoy.config.route.v3.WeightedCluster': setWeights,
};

/** Read elsewhere, or of no effect on any request. */
const OTHERS = new Set(['re2.max_program_size.error_level', 're2.max_program_size.warn_level']);

/** Writes what `layered_runtime` says into the messages that name a key, so that nobody after this has to ask. Keys that nobody asks for are told. */
export function applyRuntime(
  bootstrap: Bootstrap,
  decoded: DecodeContext['decoded'],
  context: CheckContext,
): void {
  const entries = staticRuntimeOf(bootstrap);
  if (entries.size === 0) return;
  const asked = new Set(OTHERS);
  const find = (key: string) => {
    asked.add(key);
    return entries.get(key);
  };
  for (const { message, desc } of decoded) READERS[desc.typeName]?.(message as never, find);
  const about = bootstrap.layeredRuntime ?? bootstrap;
  for (const [key, entry] of entries) {
    if (asked.has(key)) continue;
    if (changesDecisions(key, entry)) {
      const message = `\`${key}\` of the runtime has Envoy decide otherwise: jotgate has its default alone`;
      context.complain({ code: 'fieldNotDone', severity: 'error', message, envoy: 'accepts', about });
      continue;
    }
    context.complain({
      code: 'noEffect',
      severity: 'warning',
      message: `\`${key}\` of the runtime has no effect in jotgate`,
      envoy: 'accepts',
      about,
    });
  }
}

/** A number is one of hundred. */
function setFraction(message: RuntimeFractionalPercent, find: Find): void {
  const { fraction, number } = find(message.runtimeKey) ?? {};
  const said =
    fraction ?? (number === undefined ? undefined : { numerator: number, denominator: Denominator.HUNDRED });
  if (said !== undefined) message.defaultValue = create(FractionalPercentSchema, said);
}

function setFlag(message: RuntimeFeatureFlag, find: Find): void {
  message.defaultValue = find(message.runtimeKey)?.flag ?? message.defaultValue;
}

function setNumber(message: RuntimeUInt32, find: Find): void {
  message.defaultValue = find(message.runtimeKey)?.number ?? message.defaultValue;
}

/** Each cluster's weight has a key of its own. */
function setWeights({ runtimeKeyPrefix, clusters }: WeightedCluster, find: Find): void {
  if (runtimeKeyPrefix === '') return;
  for (const cluster of clusters) {
    cluster.weight = find(`${runtimeKeyPrefix}.${cluster.name}`)?.number ?? cluster.weight;
  }
}

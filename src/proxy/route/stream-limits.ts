import type { Duration } from '@bufbuild/protobuf/wkt';
import type { RouteAction as RouteActionConfig } from '#schema/envoy/config/route/v3/route_components_pb.js';
import { durationMs } from '../duration.ts';

/** How long the streams of a route may take and be silent. */
export interface StreamLimits {
  /** `idle_timeout`, in ms; 0: none; null: the connection manager's holds. */
  readonly idleMs: number | null;
  /** `max_stream_duration`; null: the connection manager's holds. */
  readonly duration: DurationLimits | null;
}

/** All in ms. */
export interface DurationLimits {
  /** 0: none; null: the connection manager's holds. */
  readonly maxMs: number | null;
  /** The most that `grpc-timeout` may ask for; 0: whatever it asks for; null: it is not looked at. */
  readonly grpcMaxMs: number | null;
  /** Taken off what `grpc-timeout` asks for. */
  readonly grpcOffsetMs: number;
}

const msOrNull = (duration: Duration | undefined) => (duration === undefined ? null : durationMs(duration));

/** @returns undefined where the route says nothing of it */
export function compileStreamLimits({
  idleTimeout,
  maxStreamDuration,
}: Pick<RouteActionConfig, 'idleTimeout' | 'maxStreamDuration'>): StreamLimits | undefined {
  if (idleTimeout === undefined && maxStreamDuration === undefined) return undefined;
  return {
    idleMs: msOrNull(idleTimeout),
    duration:
      maxStreamDuration === undefined
        ? null
        : {
            maxMs: msOrNull(maxStreamDuration.maxStreamDuration),
            grpcMaxMs: msOrNull(maxStreamDuration.grpcTimeoutHeaderMax),
            grpcOffsetMs: msOrNull(maxStreamDuration.grpcTimeoutHeaderOffset) ?? 0,
          },
  };
}

import { TrafficDirection } from '#schema/envoy/config/core/v3/base_pb.js';
import type {
  Decorator,
  Tracing as RouteTracing,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { HttpConnectionManager } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { UuidRequestIdConfigSchema } from '#schema/envoy/extensions/request_id/uuid/v3/uuid_pb.js';
import type { FractionalPercent } from '#schema/envoy/type/v3/percent_pb.js';
import { toByteString } from '../../core/match/index.ts';
import { typeNameOf, unpackAny } from '../../resources/index.ts';
import { FRACTION_SIZES } from '../filters/fraction.ts';
import type { Sampling, Share, Tracing } from '../http/trace-reason.ts';

const PARTS_OF_PERCENT = 100;

/** A connection manager's `tracing`; null: it has none. @param direction the listener's */
export function compileTracing(hcm: HttpConnectionManager, direction: TrafficDirection): Tracing | null {
  if (hcm.tracing === undefined) return null;
  return { sampling: compileSampling(hcm), takesOperation: direction !== TrafficDirection.OUTBOUND };
}

function compileSampling({ tracing, requestIdExtension }: HttpConnectionManager): Sampling | null {
  if (tracing === undefined) return null;
  const { typedConfig } = requestIdExtension ?? {};
  if (typedConfig !== undefined && typeNameOf(typedConfig) === UuidRequestIdConfigSchema.typeName) {
    const { packTraceReason = true, useRequestIdForTraceSampling = true } = unpackAny(
      UuidRequestIdConfigSchema,
      typedConfig,
    );
    if (!(packTraceReason && useRequestIdForTraceSampling)) return null;
  }
  const share = (percent = { value: 100 }): Share => ({
    numerator: Math.trunc(percent.value * PARTS_OF_PERCENT),
    size: 100 * PARTS_OF_PERCENT,
  });
  return {
    client: share(tracing.clientSampling),
    random: share(tracing.randomSampling),
    overall: share(tracing.overallSampling),
  };
}

/** What a route's decorator tells services; undefined: nothing. */
export const operationOf = (decorator: Decorator | undefined): string | undefined =>
  decorator === undefined || decorator.propagate === false ? undefined : toByteString(decorator.operation);

/** A route's, in place of all that the connection manager says. */
export function compileRouteSampling(tracing: RouteTracing | undefined): Sampling | undefined {
  return (
    tracing && {
      client: shareOf(tracing.clientSampling),
      random: shareOf(tracing.randomSampling),
      overall: shareOf(tracing.overallSampling),
    }
  );
}

const shareOf = (percent: FractionalPercent | undefined): Share =>
  percent === undefined
    ? { numerator: 1, size: 1 }
    : { numerator: percent.numerator, size: FRACTION_SIZES[percent.denominator] };

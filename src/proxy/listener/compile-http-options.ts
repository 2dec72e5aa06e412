import type { Duration } from '@bufbuild/protobuf/wkt';
import { HttpProtocolOptions_HeadersWithUnderscoresAction as Underscores } from '#schema/envoy/config/core/v3/protocol_pb.js';
import {
  HttpConnectionManager_PathWithEscapedSlashesAction as EscapedSlashesAction,
  type HttpConnectionManager,
  HttpConnectionManager_ServerHeaderTransformation as ServerHeader,
} from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { toByteString } from '../../core/match/index.ts';
import type { CompiledConnectionManager } from '../compiled/compiled-listener.ts';
import { durationMs } from '../duration.ts';
import type { HeadLimits } from '../http/head-parser.ts';
import { DEFAULT_HTTP_OPTIONS, type EscapedSlashes, type HttpOptions } from '../http/http-options.ts';
import { compileTracing } from '../route/sampling.ts';

type Managed = Pick<CompiledConnectionManager, 'origin' | 'router' | 'node' | 'listener'>;

/** Reads a connection manager's settings. @param nodeAddress what stands in `x-forwarded-for` for a peer on this machine */
export function compileHttpOptions(
  { origin: hcm, router, node, listener: { direction } }: Managed,
  nodeAddress: string,
): HttpOptions {
  const common = hcm.commonHttpProtocolOptions;
  const defaults = DEFAULT_HTTP_OPTIONS;
  const ms = (duration: Duration | undefined, otherwise: number) =>
    duration === undefined ? otherwise : durationMs(duration);
  return {
    serverName: hcm.serverName === '' ? defaults.serverName : hcm.serverName,
    serverHeader: SERVER_HEADER[hcm.serverHeaderTransformation],
    useRemoteAddress: hcm.useRemoteAddress ?? false,
    trustedHops: hcm.xffNumTrustedHops,
    skipXffAppend: hcm.skipXffAppend,
    generateRequestId: hcm.generateRequestId ?? true,
    tellsRequestId: hcm.alwaysSetRequestIdInResponse,
    tracing: compileTracing(hcm, direction),
    preserveExternalRequestId: hcm.preserveExternalRequestId,
    nodeAddress,
    normalizePath: hcm.normalizePath ?? false,
    mergeSlashes: hcm.mergeSlashes,
    escapedSlashes: ESCAPED_SLASHES[hcm.pathWithEscapedSlashesAction] ?? 'forward',
    stripsHostPort: stripsHostPort(hcm),
    stripsHostDot: hcm.stripTrailingHostDot,
    appendsForwardedPort: hcm.appendXForwardedPort,
    via: toByteString(hcm.via),
    ownName: hcm.addUserAgent ? { cluster: toByteString(node.cluster), id: toByteString(node.id) } : null,
    underscores: UNDERSCORES[common?.headersWithUnderscoresAction ?? Underscores.ALLOW] ?? 'reject',
    limits: headLimitsOf(hcm),
    idleTimeoutMs: ms(common?.idleTimeout, defaults.idleTimeoutMs),
    maxConnectionMs:
      common?.maxConnectionDuration === undefined ? null : durationMs(common.maxConnectionDuration),
    drainMs: ms(hcm.drainTimeout, defaults.drainMs),
    requestHeadTimeoutMs: ms(hcm.requestHeadersTimeout, defaults.requestHeadTimeoutMs),
    requestTimeoutMs: ms(hcm.requestTimeout, defaults.requestTimeoutMs),
    streamIdleTimeoutMs: ms(hcm.streamIdleTimeout, defaults.streamIdleTimeoutMs),
    maxStreamDurationMs: ms(common?.maxStreamDuration, defaults.maxStreamDurationMs),
    delayedCloseMs: ms(hcm.delayedCloseTimeout, defaults.delayedCloseMs),
    requestsPerConnectionMax: common?.maxRequestsPerConnection ?? 0,
    suppressEnvoyHeaders: router.suppressEnvoyHeaders,
  };
}

/** How long a request's head may be. */
export function headLimitsOf({
  maxRequestHeadersKb,
  commonHttpProtocolOptions: common,
}: HttpConnectionManager): HeadLimits {
  return { headBytesMax: (maxRequestHeadersKb ?? 60) * 1024, fieldsMax: common?.maxHeadersCount ?? 100 };
}

function stripsHostPort(hcm: HttpConnectionManager): HttpOptions['stripsHostPort'] {
  if (hcm.stripPortMode.case === 'stripAnyHostPort' && hcm.stripPortMode.value) return 'any';
  return hcm.stripMatchingHostPort ? 'matching' : 'none';
}

const SERVER_HEADER: Record<ServerHeader, HttpOptions['serverHeader']> = {
  [ServerHeader.OVERWRITE]: 'overwrite',
  [ServerHeader.APPEND_IF_ABSENT]: 'append-if-absent',
  [ServerHeader.PASS_THROUGH]: 'pass-through',
};

/** A number without a name unescapes and forwards, as in Envoy 1.40. */
const ESCAPED_SLASHES: Record<number, EscapedSlashes | undefined> = {
  [EscapedSlashesAction.IMPLEMENTATION_SPECIFIC_DEFAULT]: 'keep',
  [EscapedSlashesAction.KEEP_UNCHANGED]: 'keep',
  [EscapedSlashesAction.REJECT_REQUEST]: 'reject',
  [EscapedSlashesAction.UNESCAPE_AND_REDIRECT]: 'redirect',
  [EscapedSlashesAction.UNESCAPE_AND_FORWARD]: 'forward',
};

/** A number without a name rejects, as in Envoy 1.40. */
const UNDERSCORES: Record<number, HttpOptions['underscores'] | undefined> = {
  [Underscores.ALLOW]: 'allow',
  [Underscores.REJECT_REQUEST]: 'reject',
  [Underscores.DROP_HEADER]: 'drop',
};

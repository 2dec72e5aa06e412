import type {
  BufferSettings,
  CheckSettings,
} from '#schema/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.js';
import type { Findings } from '../../../resources/index.ts';
import type { BodyWant, FilterStream, GatheredBody } from '../filter.ts';

/** What a service is told of a request's body. */
export interface ToldBody {
  bytes: Buffer;
  /** It is told them as they are, else as a text. */
  asBytes: boolean;
  /** More has come than it is told. */
  isPartial: boolean;
  /** Bytes that have come. */
  size: number;
}

/** Names what a service is told of a body; a client's own line of that name would be taken for the gate's word. */
export const PARTIAL_BODY = 'x-envoy-auth-partial-body';

/** A body as a service is told it. */
export const toldBody = ({ bytes, size }: GatheredBody, asBytes: boolean): ToldBody => ({
  bytes,
  size,
  asBytes,
  isPartial: bytes.length < size,
});

/** How much of bodies a service is told. */
export interface BodySettings extends BodyWant {
  /** The message whose `with_request_body` it is. */
  origin: object;
}

/** What a route says of it; null: nothing is told; `own`: as much as the filter says. */
export type RouteBody = BodySettings | 'own' | null;

/** Reads a `with_request_body`. @param origin the message that it stands in */
export function bodySettings(
  origin: object,
  { maxRequestBytes, allowPartialMessage }: BufferSettings,
): BodySettings {
  return { origin, bytesMax: maxRequestBytes, partial: allowPartialMessage };
}

/** @returns undefined after an error */
export function compileRouteBody(settings: CheckSettings, findings: Findings): RouteBody | undefined {
  const { withRequestBody, disableRequestBodyBuffering } = settings;
  if (withRequestBody === undefined) return disableRequestBodyBuffering ? null : 'own';
  if (!disableRequestBodyBuffering) return bodySettings(settings, withRequestBody);
  const message =
    'Invalid configuration for check_settings. Only one of disable_request_body_buffering or with_request_body can be set.';
  const about = { about: settings, field: 'with_request_body' };
  findings.report({ code: 'E122', severity: 'error', message, envoy: 'refuses', ...about });
  return undefined;
}

/**
 * Says what would be done with the body of a request that is not played: its bytes are not known, its length may be.
 * @returns whether it is refused for its length
 */
export function supposeBody(settings: BodySettings, stream: FilterStream): boolean {
  const { bytesMax, partial, origin } = settings;
  const { request, recorder, bodyBytesMax = 0 } = stream;
  const length = Number(request.headers.get('content-length') ?? Number.NaN);
  const isHeld = length <= bodyBytesMax || bodyBytesMax === 0;
  const isTooLong = partial ? !isHeld && length < bytesMax : length > bytesMax;
  if (recorder === null) return isTooLong;
  const told = partial ? `the first ${bytesMax} bytes of the body` : `the body, at most ${bytesMax} bytes`;
  recorder.open('body', `the service is told ${told}`, origin, 'with_request_body');
  const limit = partial && !isHeld ? `, and the listener holds ${bodyBytesMax}` : '';
  // As many bytes as are wanted may come in one read with those that are too many.
  const isOpen = partial && !isHeld && !isTooLong && bytesMax > bodyBytesMax;
  if (Number.isNaN(length)) recorder.close('unknown', 'no body is known here');
  else if (isOpen) recorder.close('unknown', `this one has ${length} bytes${limit}: it may be refused`);
  else recorder.close(isTooLong ? 'deny' : 'ok', `this one has ${length} bytes${isTooLong ? limit : ''}`);
  return isTooLong;
}

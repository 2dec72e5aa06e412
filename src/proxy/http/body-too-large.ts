import type { Listener } from '#schema/envoy/config/listener/v3/listener_pb.js';
import type { LocalReply } from '../filters/filter.ts';

/** To a request whose body is larger than may be held for a filter (Envoy: filter_manager.cc, requestDataTooLarge). */
export const bodyTooLarge = (): LocalReply => ({
  status: 413,
  body: 'Payload Too Large',
  headers: [],
  details: 'request_payload_too_large',
});

/** Envoy's default of `per_connection_buffer_limit_bytes`. */
const BODY_BYTES_MAX = 1024 * 1024;

/** How much of a body may be held for a filter that will do with a part of it; 0: no limit. */
export const bodyBytesMaxOf = ({ perConnectionBufferLimitBytes }: Listener): number =>
  perConnectionBufferLimitBytes ?? BODY_BYTES_MAX;

import type { LocalReply } from '../filters/filter.ts';

/** To a request whose body is larger than may be held for a filter (Envoy: filter_manager.cc, requestDataTooLarge). */
export const bodyTooLarge = (): LocalReply => ({
  status: 413,
  body: 'Payload Too Large',
  headers: [],
  details: 'request_payload_too_large',
});

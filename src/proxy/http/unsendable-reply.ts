import { withoutBlanks } from '../details-text.ts';
import type { LocalReply } from '../filters/filter.ts';

/**
 * The router's answer where a filter or a route has written a field that cannot be sent (Envoy: router.cc; envoy.md §3.4, §3.6).
 * @param text what is wrong, as `findIllegalField` says it
 */
export function unsendableReply(text: string): LocalReply {
  return {
    status: 503,
    body: text,
    headers: [],
    details: `filter_removed_required_request_headers{${withoutBlanks(text)}}`,
  };
}

import type { LocalReply } from '../filters/filter.ts';
import type { FormatSource } from '../format/format-source.ts';
import { applyHeaderMutations } from '../route/header-mutation.ts';
import type { SelectedRoute } from '../route/selected-route.ts';
import type { HeaderList } from './header-list.ts';

/**
 * Who replies: the route itself (a redirect, a direct response), another part in its place, one whose reply is sent as it stands, or the
 * codec, which knows neither gRPC nor HEAD.
 */
export type Replier = 'route' | 'other' | 'as-is' | 'codec';

/**
 * Writes the fields of a reply of the gate's own. A route's header changes come after its own reply's fields; before those of another's,
 * which they can neither take away nor add to, but for what that other changes only then; and not at all where the route that was not reached would have replied by itself
 * (Envoy: router.cc, filter_manager.cc).
 */
export function writeReplyFields(
  headers: HeaderList,
  { headers: fields, changeHead }: LocalReply,
  route: SelectedRoute | null,
  replier: Replier,
  source: FormatSource,
): void {
  if (replier !== 'other') {
    for (const [name, value] of fields) headers.append(name, value);
    if (replier === 'route' && route !== null) applyHeaderMutations(headers, route.responseHeaders, source);
    return;
  }
  if (route?.action.kind === 'cluster') applyHeaderMutations(headers, route.responseHeaders, source);
  for (const [name] of fields) headers.remove(name);
  for (const [name, value] of fields) headers.append(name, value);
  changeHead?.(headers);
}

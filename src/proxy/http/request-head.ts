import type { HeaderList } from './header-list.ts';

/** A request's head as filters, routes and the router see it, whatever HTTP version it came by. */
export interface RequestHead {
  method: string;
  /** `http` or `https`; until the connection manager has set it (`prepareRequest`) what a target in absolute form says, or empty. */
  scheme: string;
  /** `host` as sent, port included; `host` is not in `headers`. */
  authority: string;
  /** It was not sent at all, not even empty. */
  lacksHost?: boolean;
  /** The request target in origin form, with its query. */
  path: string;
  readonly headers: HeaderList;
  /** Where the client is if not at the connection's other end: what trusted hops said when the request came. */
  clientAddress?: string;
  /** What a target in absolute form says, and no field can change; absent or empty: it was in another form. */
  readonly targetScheme?: string | undefined;
  /** A peer that is believed about the scheme says nothing: there is no route for it. */
  unroutable?: boolean;
  /** The path stands for one that Envoy finds it cannot send (envoy.md §3.4): the router answers so. */
  unsendablePath?: boolean;
  /** The path that was left when a token was taken out of its query, and how Envoy writes that (envoy.md §3.4). */
  stripped?: { readonly path: string; readonly asEnvoy: string };
}

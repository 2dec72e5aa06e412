import type { HeaderMutations } from './header-mutation.ts';
import type { PathRewrite } from './path-rewrite.ts';
import type { Redirect } from './redirect.ts';

/** What becomes of a request on a route. */
export type RouteAction =
  | {
      kind: 'cluster';
      cluster: string;
      /** 0: none. */
      timeoutMs: number;
      hostRewrite: string | undefined;
      pathRewrite?: PathRewrite | undefined;
    }
  | { kind: 'direct'; status: number; body: string }
  | { kind: 'redirect'; redirect: Redirect };

/** A route that was chosen for a request: compiled, shared, immutable. */
export interface SelectedRoute {
  name: string;
  virtualHost: string;
  action: RouteAction;
  /** Route's own first, then the virtual host's, then the route configuration's (Envoy's order of application). */
  requestHeaders: readonly HeaderMutations[];
  responseHeaders: readonly HeaderMutations[];
  /** The configuration message it was compiled from. */
  origin: object;
}

import { FirstMatchIndex, type Hint, type MatchedRequest } from '../../core/match/index.ts';
import type { Circumstances } from './circumstances.ts';
import type { RequestMatcher } from './request-matcher.ts';

/** A route of a virtual host. */
export interface ListedRoute {
  /** Its place among them. */
  readonly order: number;
  readonly matcher: RequestMatcher;
  readonly hint: Hint<MatchedRequest>;
  /** Whether it is for a request of which nothing but the head has a say. */
  accepts(path: string, request: MatchedRequest): boolean;
}

/** The routes of a virtual host, of which the first that matches counts. */
export class RouteList<Route extends ListedRoute> {
  readonly entries: readonly Route[];
  readonly #byHead: FirstMatchIndex<MatchedRequest, Route>;
  readonly #byMore: readonly Route[];

  constructor(routes: readonly Route[]) {
    this.entries = routes;
    this.#byHead = new FirstMatchIndex(routes.filter(({ matcher }) => !matcher.looksBeyondHead));
    this.#byMore = routes.filter(({ matcher }) => matcher.looksBeyondHead);
  }

  /**
   * Routes by more than the head are asked in turn, and only those in front of what the head finds: chance is asked of no other, as
   * where all are asked one after another.
   * @param path what routes are asked about
   */
  first(path: string, request: MatchedRequest, around: Circumstances): Route | null {
    const found = this.#byHead.first(path, request);
    for (const route of this.#byMore) {
      if (found !== null && route.order > found.order) break;
      if (route.matcher.matches(path, request, null, around)) return route;
    }
    return found;
  }
}

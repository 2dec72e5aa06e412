import type {
  JwtAuthentication,
  PerRouteConfig,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import { STATUS, type Status, statusText } from '../../../core/jwt/index.ts';
import type { HeaderList } from '../../http/header-list.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { SelectedRoute } from '../../route/selected-route.ts';
import type { FilterResult, FilterStream, HttpFilter, LocalReply } from '../filter.ts';
import type { Provider } from './provider.ts';
import { challengePath, challengeUri, denialReply, wrongNameReply } from './replies.ts';
import type { Rule, RuleList } from './rules.ts';
import { Run } from './run.ts';
import type { StateRules } from './state-rules.ts';
import type { JwtAuthnStats } from './stats.ts';
import type { Verifier } from './verifier.ts';

/** What a route asks for in place of the rules. */
export interface RouteRequirement {
  origin: PerRouteConfig;
  /** null: nothing is asked for. */
  requirementName: string | null;
}

/** What the filter is compiled to. */
export interface JwtAuthnParts {
  origin: JwtAuthentication;
  rules: RuleList;
  /** `requirement_map`. */
  requirements: ReadonlyMap<string, Verifier>;
  /** What a route says to this filter. */
  routeConfig(route: SelectedRoute | null): RouteRequirement | undefined;
  providers: readonly Provider[];
  /** null: the configuration has none. */
  stateRules: StateRules | null;
  stats: JwtAuthnStats;
}

/** `envoy.filters.http.jwt_authn`: finds the rule for a request and asks for what it requires (Envoy: filter.cc). */
export class JwtAuthnFilter implements HttpFilter {
  readonly kind = 'jwt_authn';
  readonly origin: JwtAuthentication;
  readonly #parts: JwtAuthnParts;
  readonly #outputHeaders: ReadonlySet<string>;
  readonly #stats: JwtAuthnStats;

  constructor(parts: JwtAuthnParts) {
    this.origin = parts.origin;
    this.#parts = parts;
    this.#outputHeaders = new Set(parts.providers.flatMap((provider) => provider.outputs.headerNames));
    this.#stats = parts.stats;
  }

  async prepare(need: 'configured' | 'all'): Promise<void> {
    const sources = this.#parts.providers.map(({ keys }) => keys).filter(({ reachable }) => reachable);
    const wanted = sources.filter(({ ahead }) => need === 'all' || ahead !== 'nothing');
    const fetches = wanted.map((keys) => ({ keys, done: keys.current() ?? keys.fetch() }));
    const awaited = fetches.filter(({ keys }) => need === 'all' || keys.ahead === 'awaited');
    await Promise.all(awaited.map(({ done }) => done));
  }

  decodeHeaders(stream: FilterStream): FilterResult | Promise<FilterResult> {
    const { request, recorder } = stream;
    if (this.#outputHeaders.size > 0) sanitize(request.headers, this.#outputHeaders);
    if (this.origin.bypassCorsPreflight && isPreflight(request)) return this.#bypass(stream);
    const said = this.#parts.routeConfig(stream.route);
    if (said !== undefined) return this.#followRoute(said, stream);
    const rule = this.#parts.rules.select(request, recorder);
    if (rule === null) return this.#followState(stream);
    if (rule.verifier === null) return this.#pass(rule, stream);
    return this.#require(rule.verifier, stream);
  }

  /** A route's own word takes the place of all rules. */
  #followRoute(
    { requirementName: name, origin }: RouteRequirement,
    stream: FilterStream,
  ): FilterResult | Promise<FilterResult> {
    const { recorder } = stream;
    recorder?.open(
      'rule',
      name === null ? 'the route asks for nothing' : `the route requires "${name}"`,
      origin,
    );
    if (name === null) {
      this.#stats.allowed.increment();
      recorder?.close('ok', 'nothing is required');
      return undefined;
    }
    const verifier = this.#parts.requirements.get(name);
    if (verifier !== undefined) return this.#require(verifier, stream);
    this.#stats.denied.increment();
    const known = [...this.#parts.requirements.keys()];
    const reply = wrongNameReply(name, known, this.origin.stripFailureResponse);
    recorder?.close('deny', reply.body);
    return reply;
  }

  #followState(stream: FilterStream): FilterResult | Promise<FilterResult> {
    const verifier = this.#parts.stateRules?.select(stream) ?? null;
    return verifier === null ? this.#pass(null, stream) : this.#require(verifier, stream);
  }

  #require(verifier: Verifier, stream: FilterStream): FilterResult | Promise<FilterResult> {
    const shownPath = challengePath(stream.request);
    const run = new Run(stream);
    const status = verifier.verify(run, null);
    return typeof status === 'number'
      ? this.#conclude(status, shownPath, run)
      : this.#concludeLater(status, shownPath, run);
  }

  #bypass(stream: FilterStream): undefined {
    stream.recorder?.note('a CORS preflight request passes (`bypass_cors_preflight`)');
    this.#stats.corsPreflightBypassed.increment();
    this.#stats.allowed.increment();
  }

  #pass(rule: Rule | null, stream: FilterStream): undefined {
    this.#stats.allowed.increment();
    if (rule === null) stream.recorder?.note('no rule matches: nothing is required');
    else stream.recorder?.close('ok', 'nothing is required');
  }

  async #concludeLater(pending: Promise<Status>, shownPath: string, run: Run): Promise<FilterResult> {
    const status = await pending;
    return run.stream.closed ? undefined : this.#conclude(status, shownPath, run);
  }

  #conclude(status: Status, shownPath: string, run: Run): FilterResult {
    // Each token does it that asks for it, whatever comes of the others (Envoy: authenticator.cc).
    if (run.clearsRoute) run.stream.clearRouteCache();
    const reply = status === STATUS.ok ? this.#admit() : this.#refuse(status, shownPath, run);
    if (run.recorder !== null) {
      run.recorder.close(
        reply === undefined ? 'ok' : 'deny',
        reply === undefined ? undefined : reply.body || statusText(status),
      );
    }
    return reply;
  }

  #admit(): undefined {
    this.#stats.allowed.increment();
  }

  #refuse(status: Status, shownPath: string, { request }: Run): LocalReply {
    this.#stats.denied.increment();
    return denialReply(status, challengeUri(request, shownPath), this.origin.stripFailureResponse);
  }
}

/** Removes every provider's output names, whatever happens next: no client may set them (envoy.md §3.5). */
function sanitize(headers: HeaderList, outputs: ReadonlySet<string>): void {
  const { names } = headers;
  for (let i = 0; i < names.length; i++) {
    if (!outputs.has(names[i] as string)) continue;
    headers.remove(names[i] as string);
    i--;
  }
}

/** Envoy: filter.cc, isCorsPreflightRequest. */
function isPreflight({ method, headers }: RequestHead): boolean {
  return (
    method === 'OPTIONS' &&
    isFilled(headers.get('origin')) &&
    isFilled(headers.get('access-control-request-method'))
  );
}

const isFilled = (value: string | undefined) => value !== undefined && value !== '';

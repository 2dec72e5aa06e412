import type { JwtAuthentication } from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import { STATUS, type Status, statusText } from '../../../core/jwt/index.ts';
import type { HeaderList } from '../../http/header-list.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { FilterResult, FilterStream, HttpFilter, LocalReply } from '../filter.ts';
import type { Provider } from './provider.ts';
import { challengeUri, denialReply, unsendableReply } from './replies.ts';
import type { Rule, RuleList } from './rules.ts';
import { Run } from './run.ts';
import type { JwtAuthnStats } from './stats.ts';

/** `envoy.filters.http.jwt_authn`: finds the rule for a request and asks for what it requires (Envoy: filter.cc). */
export class JwtAuthnFilter implements HttpFilter {
  readonly kind = 'jwt_authn';
  readonly origin: JwtAuthentication;
  readonly #rules: RuleList;
  readonly #providers: readonly Provider[];
  readonly #outputHeaders: ReadonlySet<string>;
  readonly #stats: JwtAuthnStats;

  constructor(
    origin: JwtAuthentication,
    rules: RuleList,
    providers: readonly Provider[],
    stats: JwtAuthnStats,
  ) {
    this.origin = origin;
    this.#rules = rules;
    this.#providers = providers;
    this.#outputHeaders = new Set(providers.flatMap((provider) => provider.outputs.headerNames));
    this.#stats = stats;
  }

  async prepare(need: 'configured' | 'all'): Promise<void> {
    const wanted = this.#providers.filter(
      ({ keys }) => keys.reachable && (need === 'all' || keys.fetchesAhead),
    );
    await Promise.all(wanted.map(({ keys }) => keys.current() ?? keys.fetch()));
  }

  decodeHeaders(stream: FilterStream): FilterResult | Promise<FilterResult> {
    const { request, recorder } = stream;
    if (this.#outputHeaders.size > 0) sanitize(request.headers, this.#outputHeaders);
    if (this.origin.bypassCorsPreflight && isPreflight(request)) return this.#bypass(stream);
    const rule = this.#rules.select(request, recorder);
    if (rule === null || rule.verifier === null) return this.#pass(rule, stream);
    const pathOnEntry = request.path;
    const run = new Run(stream);
    const status = rule.verifier.verify(run, null);
    return typeof status === 'number'
      ? this.#conclude(status, pathOnEntry, run)
      : this.#concludeLater(status, pathOnEntry, run);
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

  async #concludeLater(pending: Promise<Status>, pathOnEntry: string, run: Run): Promise<FilterResult> {
    const status = await pending;
    return run.stream.closed ? undefined : this.#conclude(status, pathOnEntry, run);
  }

  #conclude(status: Status, pathOnEntry: string, run: Run): FilterResult {
    const reply = status === STATUS.ok ? this.#admit(run) : this.#refuse(status, pathOnEntry, run);
    if (run.recorder !== null) {
      run.recorder.close(
        reply === undefined ? 'ok' : 'deny',
        reply === undefined ? undefined : reply.body || statusText(status),
      );
    }
    return reply;
  }

  #admit(run: Run): LocalReply | undefined {
    this.#stats.allowed.increment();
    if (run.clearsRoute) run.stream.clearRouteCache();
    return run.unsendable === null ? undefined : unsendableReply(run.unsendable);
  }

  #refuse(status: Status, pathOnEntry: string, { request }: Run): LocalReply {
    this.#stats.denied.increment();
    return denialReply(status, challengeUri(request, pathOnEntry), this.origin.stripFailureResponse);
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

import { STATUS, type Status } from '../../../core/jwt/index.ts';
import type { Authenticator, Target } from './authenticator.ts';
import { extractTokens, type FoundToken } from './extract-tokens.ts';
import type { LocationSet } from './locations.ts';
import { type Attempt, isDropped, type Run } from './run.ts';

/** A compiled requirement. */
export interface Verifier {
  /** For a person: `provider kc`, `any of …`. */
  readonly wants: string;
  /**
   * `ok` lets the request pass; anything else is the reason to refuse it. A promise only where keys have to be waited for.
   * @param attempt the part of the tree that this member belongs to
   */
  verify(run: Run, attempt: Attempt | null): Status | Promise<Status>;
}

/** What becomes of tokens that are missing or bad. */
export type Leniency = 'strict' | 'allow-missing' | 'allow-missing-or-failed';

/** Verifies every token found at some locations, the last one first (envoy.md §2.6). */
export class TokenVerifier implements Verifier {
  readonly wants: string;
  readonly #authenticator: Authenticator;
  readonly #target: Target;
  readonly #locations: LocationSet;
  /** Names that belong to this verifier's providers: no client, and no earlier run, may have set them. */
  readonly #ownHeaders: readonly string[];
  readonly #leniency: Leniency;
  readonly #origin: object;

  constructor(
    wants: string,
    authenticator: Authenticator,
    target: Target,
    locations: LocationSet,
    ownHeaders: readonly string[],
    leniency: Leniency,
    origin: object,
  ) {
    this.wants = wants;
    this.#authenticator = authenticator;
    this.#target = target;
    this.#locations = locations;
    this.#ownHeaders = ownHeaders;
    this.#leniency = leniency;
    this.#origin = origin;
  }

  verify(run: Run, attempt: Attempt | null): Status | Promise<Status> {
    if (run.wroteHeaders) for (const name of this.#ownHeaders) run.request.headers.remove(name);
    if (run.recorder !== null)
      run.recorder.open('provider', this.wants, this.#target.provider?.origin ?? this.#origin);
    const tokens = extractTokens(run.request, this.#locations);
    if (tokens.length === 0) return this.#finish(this.#missing(run), run);
    const status = this.#verifyFrom(tokens.length - 1, tokens, this.#targetFor(tokens), run, attempt);
    return typeof status === 'number' ? this.#finish(status, run) : this.#finishLater(status, run);
  }

  /** Envoy keeps the provider of one token in mind while it looks at the next (authenticator.cc, `jwks_data_`). */
  #targetFor(tokens: readonly FoundToken[]): Target {
    const isPlain = tokens.length === 1 || this.#target.provider !== null;
    return isPlain ? this.#target : { ...this.#target, latest: { provider: null } };
  }

  #missing(run: Run): Status {
    if (run.recorder !== null) run.recorder.note('no token at any of its places');
    this.#target.fallback?.outputs.writeFailure(run.stream, STATUS.jwtIsMissing, 'Jwt is missing');
    return STATUS.jwtIsMissing;
  }

  #verifyFrom(
    last: number,
    tokens: readonly FoundToken[],
    target: Target,
    run: Run,
    attempt: Attempt | null,
  ): Status | Promise<Status> {
    let status: Status = STATUS.ok;
    for (let index = last; index >= 0; index--) {
      const answer = this.#authenticator.verify(tokens[index] as FoundToken, target, run, attempt);
      if (typeof answer !== 'number') return this.#resume(answer, index, tokens, target, run, attempt);
      status = answer;
      if (status !== STATUS.ok && this.#leniency === 'strict') return status;
    }
    return status;
  }

  async #resume(
    pending: Promise<Status>,
    index: number,
    tokens: readonly FoundToken[],
    target: Target,
    run: Run,
    attempt: Attempt | null,
  ): Promise<Status> {
    const status = await pending;
    if (index === 0 || isDropped(run, attempt)) return status;
    if (status !== STATUS.ok && this.#leniency === 'strict') return status;
    return this.#verifyFrom(index - 1, tokens, target, run, attempt);
  }

  #finish(status: Status, run: Run): Status {
    const verdict = this.#tolerate(status);
    if (run.recorder !== null) run.recorder.close(verdict === STATUS.ok ? 'ok' : 'no');
    return verdict;
  }

  async #finishLater(pending: Promise<Status>, run: Run): Promise<Status> {
    return this.#finish(await pending, run);
  }

  /** The status of the token that was verified last decides; earlier failures of a lenient run are forgotten (envoy.md §2.6). */
  #tolerate(status: Status): Status {
    if (this.#leniency === 'allow-missing-or-failed') return STATUS.ok;
    if (this.#leniency === 'allow-missing' && status === STATUS.jwtIsMissing) return STATUS.ok;
    return status;
  }
}

/** `extract_only_without_validation` as 1.40 has it: verifies, reports a failure in a header, lets everything pass (envoy.md §2.7). */
export class ExtractOnlyVerifier implements Verifier {
  readonly wants = 'extract only';
  readonly #inner: Verifier;
  readonly #header: string;

  constructor(inner: Verifier, header: string) {
    this.#inner = inner;
    this.#header = header;
  }

  verify(run: Run, attempt: Attempt | null): Status | Promise<Status> {
    const status = this.#inner.verify(run, attempt);
    return typeof status === 'number'
      ? this.#report(status, run, attempt)
      : status.then((late) => this.#report(late, run, attempt));
  }

  #report(status: Status, run: Run, attempt: Attempt | null): Status {
    if (status !== STATUS.ok && !isDropped(run, attempt)) {
      run.request.headers.set(this.#header, 'false');
      // Its name may be one of a provider's, whose run strips it then.
      run.wroteHeaders = true;
    }
    return STATUS.ok;
  }
}

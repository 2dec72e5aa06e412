import {
  type Claims,
  type CryptoPort,
  checkAudience,
  checkLifetime,
  checkSubject,
  checkTime,
  type KeySet,
  type ParsedToken,
  parseToken,
  STATUS,
  type Status,
  statusText,
  type Verification,
  verifiesAtOnce,
  verifySignature,
  verifySignatureInTurns,
} from '../../../core/jwt/index.ts';
import { nextTurn } from '../../../platform/index.ts';
import { vouchFor } from '../../http/judge-field.ts';
import { holdsControlByte, removeAsEnvoy, removeParameter } from '../../http/query.ts';
import {
  describeAudience,
  describeIssuer,
  describeKey,
  describeLifetime,
  describeSubject,
  describeTime,
  explainCheck,
  fingerprint,
} from './explain.ts';
import { type FoundToken, pathAsEnvoy } from './extract-tokens.ts';
import { allowsIssuer, describeLocation } from './locations.ts';
import type { TokenOutputs } from './outputs.ts';
import type { Provider } from './provider.ts';
import { type Attempt, isDropped, type Run } from './run.ts';
import type { JwtAuthnStats } from './stats.ts';

/** Whose tokens a verifier takes. */
export interface Target {
  /** The named provider; null: whoever the token's issuer says. */
  provider: Provider | null;
  byIssuer(issuer: string): Provider | null;
  /** In place of the provider's own, where a requirement names some. */
  audiences: ReadonlySet<string> | null;
  /** Gets the failures of tokens that belong to no provider, if it is the only one. */
  fallback: Provider | null;
  /** Where one run has several tokens: the provider of the latest that had one, which gets the failures of the next that has none. */
  latest?: { provider: Provider | null };
}

const blamed = ({ provider, latest, fallback }: Target) => provider ?? latest?.provider ?? fallback;

/** A token whose claims are in order and whose signature is to be verified. */
interface Proof {
  token: ParsedToken;
  found: FoundToken;
  target: Target;
  /** `target.latest` as it was before this token. */
  before: Provider | null;
  provider: Provider;
  run: Run;
  attempt: Attempt | null;
}

/** Verifies one token after the other, in the order of envoy.md §2.5 (Envoy: authenticator.cc). */
export class Authenticator {
  readonly #stats: JwtAuthnStats;
  readonly #crypto: CryptoPort;

  constructor(stats: JwtAuthnStats, crypto: CryptoPort) {
    this.#stats = stats;
    this.#crypto = crypto;
  }

  /** @returns the status of a token; `ok` has left its outputs in the request */
  verify(found: FoundToken, target: Target, run: Run, attempt: Attempt | null): Status | Promise<Status> {
    if (run.recorder !== null) {
      const { location, text } = found;
      run.recorder.note(`token ${fingerprint(text, this.#crypto)} in ${describeLocation(location)}`);
    }
    const remembered = target.provider === null ? null : this.#remember(found, target.provider, target, run);
    if (remembered !== null) return remembered;
    const token = parseToken(found.text);
    if (typeof token === 'number') return this.#refuseForm(token, target, run);
    const provider = this.#providerOf(token, found, target, run);
    if (provider === null) return fail(STATUS.jwtIssuerNotConfigured, blamed(target), run);
    const before = target.latest?.provider ?? null;
    if (target.latest !== undefined) target.latest.provider = provider;
    const audiences = target.audiences ?? provider.audiences;
    const status = checkClaims(token.claims, provider, audiences, run);
    if (status !== STATUS.ok) return fail(status, provider, run);
    return this.#verifyWithKeys({ token, found, target, before, provider, run, attempt });
  }

  /** null: the signature has to be verified. */
  #remember(found: FoundToken, provider: Provider, target: Target, run: Run): Status | null {
    if (run.recorder !== null) return null;
    const keySet = provider.keys.current();
    const known = keySet === null ? undefined : provider.memo.find(found.text, keySet);
    if (known === undefined) {
      this.#stats.memoMiss.increment();
      this.#stats.jwtCacheMiss.increment();
      return null;
    }
    this.#stats.memoHit.increment();
    (provider.countsCacheHits ? this.#stats.jwtCacheHit : this.#stats.jwtCacheMiss).increment();
    const { claims } = known;
    if (!allowsIssuer(found.location, claims.iss)) return fail(STATUS.jwtIssuerNotConfigured, provider, run);
    const status = checkClaims(claims, provider, target.audiences ?? provider.audiences, run);
    if (status !== STATUS.ok) return fail(status, provider, run);
    return accept(found, provider, known.outputs, run);
  }

  #refuseForm(status: Status, target: Target, run: Run): Status {
    if (run.recorder !== null) {
      run.recorder.open('check', 'form');
      run.recorder.close('no', statusText(status));
    }
    return fail(status, blamed(target), run);
  }

  /** The token's issuer must be allowed where the token stands, and lead to a provider. */
  #providerOf({ claims }: ParsedToken, { location }: FoundToken, target: Target, run: Run): Provider | null {
    const isAllowed = allowsIssuer(location, claims.iss);
    const provider = isAllowed ? (target.provider ?? target.byIssuer(claims.iss)) : null;
    if (run.recorder === null) return provider;
    const about = provider ?? target.provider;
    const status = provider === null ? STATUS.jwtIssuerNotConfigured : STATUS.ok;
    if (about !== null)
      explainCheck(run.recorder, 'issuer', describeIssuer(claims, about), status, about, 'issuer');
    else {
      run.recorder.open('check', 'issuer');
      run.recorder.note(`iss = "${claims.iss}", no provider for it has this place for its tokens`);
      run.recorder.close('no', statusText(status));
    }
    return provider;
  }

  #verifyWithKeys(proof: Proof): Status | Promise<Status> {
    const { provider, token, run } = proof;
    if (run.recorder !== null && !provider.keys.reachable) return this.#acceptUnchecked(proof);
    const keySet = provider.keys.current();
    if (keySet === null) return this.#verifyLater(proof);
    if (run.recorder === null && !verifiesAtOnce(token, keySet)) return this.#verifyInTurns(proof, keySet);
    return this.#judge(proof, keySet, verifySignature(token, keySet));
  }

  async #verifyLater(proof: Proof): Promise<Status> {
    const { token, provider, run, attempt } = proof;
    if (provider.keys.asksServer) run.beginFetch();
    const keySet = await provider.keys.fetch();
    if (isDropped(run, attempt)) return STATUS.jwtVerificationFails;
    if (keySet === null) {
      const status =
        provider.origin.jwksSourceSpecifier.case === 'localJwks'
          ? STATUS.jwksWithoutValidKey
          : STATUS.jwksFetchFails;
      if (run.recorder !== null)
        explainCheck(run.recorder, 'keys', 'there are none', status, provider, 'remote_jwks');
      return fail(status, provider, run);
    }
    if (run.recorder === null && !verifiesAtOnce(token, keySet)) return this.#verifyInTurns(proof, keySet);
    return this.#judge(proof, keySet, verifySignature(token, keySet));
  }

  async #verifyInTurns(proof: Proof, keySet: KeySet): Promise<Status> {
    proof.run.turns++;
    const verification = await verifySignatureInTurns(proof.token, keySet, nextTurn);
    void proof.run.endTurns(nextTurn());
    if (isDropped(proof.run, proof.attempt)) return STATUS.jwtVerificationFails;
    return this.#judge(proof, keySet, verification);
  }

  /** Keys that do not have the token's `kid` may be old ones; all else about the token is well by now. */
  #judge(proof: Proof, keySet: KeySet, verification: Verification): Status | Promise<Status> {
    const { token, provider } = proof;
    const fetched =
      verification.status !== STATUS.ok && lacksKid(token, keySet) ? provider.keys.refetch() : null;
    return fetched === null
      ? this.#conclude(proof, keySet, verification)
      : this.#judgeAgain(proof, fetched, keySet, verification);
  }

  async #judgeAgain(
    proof: Proof,
    fetched: Promise<KeySet | null>,
    before: KeySet,
    verification: Verification,
  ): Promise<Status> {
    const { token, run, attempt } = proof;
    run.beginFetch();
    const keySet = await fetched;
    if (isDropped(run, attempt)) return STATUS.jwtVerificationFails;
    run.recorder?.note('the keys have no such kid, and were fetched again');
    if (keySet === null || keySet === before) return this.#conclude(proof, before, verification);
    const again = await verifySignatureInTurns(token, keySet, nextTurn);
    if (isDropped(run, attempt)) return STATUS.jwtVerificationFails;
    return this.#conclude(proof, keySet, again);
  }

  #conclude(proof: Proof, keySet: KeySet, verification: Verification): Status {
    const { status, key } = verification;
    const { token, found, provider, run } = proof;
    const isFault = token.fault !== null && status === token.fault.status;
    if (run.recorder !== null) {
      const spelling = isFault ? `; ${token.fault?.reason}` : '';
      explainCheck(run.recorder, 'signature', describeKey(token, verification) + spelling, status, provider);
    }
    if (isFault && isAboutForm(status)) return this.#disown(proof, status);
    if (status !== STATUS.ok || key === null) {
      return fail(status === STATUS.ok ? STATUS.jwtVerificationFails : status, provider, run);
    }
    // Without a fault the segment is base64url to the letter, and may be forwarded as it is.
    vouchFor(token.payloadSegment);
    const outputs = provider.outputs.make(token.payload, token.header.json, token.payloadSegment);
    const { claims, header } = token;
    provider.memo.remember(found.text, { claims, outputs, keySet, key, algorithm: header.alg.name });
    return accept(found, provider, outputs, run);
  }

  /** A token that cannot be read names no issuer, so that its failure is told as if nothing had been read of it. */
  #disown({ target, before, run }: Proof, status: Status): Status {
    if (target.latest !== undefined) target.latest.provider = before;
    return fail(status, blamed(target), run);
  }

  /** Only for a recorder, and only where there is no way to the keys: what follows is conditional, and the step says so. */
  #acceptUnchecked({ token, found, provider, run }: Proof): Status {
    run.recorder?.open('check', 'signature', provider.origin, 'remote_jwks');
    run.recorder?.close('unknown', 'not checked: no keys');
    const outputs = provider.outputs.make(token.payload, token.header.json, token.payloadSegment);
    return accept(found, provider, outputs, run);
  }
}

/** Statuses that Envoy finds before it has read the token's issuer. */
const isAboutForm = (status: Status) => status < STATUS.jwtIssuerNotConfigured;

function lacksKid({ header }: ParsedToken, keySet: KeySet): boolean {
  return header.kid !== '' && !keySet.candidates(header.kid).some(({ kid }) => kid === header.kid);
}

function checkClaims(claims: Claims, provider: Provider, audiences: ReadonlySet<string>, run: Run): Status {
  const { recorder } = run;
  const nowMs = run.stream.clock.now();
  let status = checkTime(claims, nowMs, provider.skewSeconds);
  if (recorder !== null) {
    const text = describeTime(claims, nowMs, provider.skewSeconds);
    explainCheck(recorder, 'time', text, status, provider, 'clock_skew_seconds');
  }
  if (status !== STATUS.ok) return status;
  status = checkAudience(claims, audiences);
  if (recorder !== null) {
    explainCheck(recorder, 'audience', describeAudience(claims, audiences), status, provider, 'audiences');
  }
  if (status !== STATUS.ok || (provider.subject === null && !limitsLifetime(provider))) return status;
  return checkPolicy(claims, nowMs, provider, run);
}

const limitsLifetime = (provider: Provider) => provider.requireExpiration || provider.maxLifetimeMs !== null;

function checkPolicy(claims: Claims, nowMs: number, provider: Provider, { recorder }: Run): Status {
  const { subject } = provider;
  if (subject !== null) {
    const status = checkSubject(claims, subject.matches);
    if (recorder !== null) {
      explainCheck(recorder, 'subject', describeSubject(claims, provider), status, provider, 'subjects');
    }
    if (status !== STATUS.ok) return status;
  }
  const status = checkLifetime(claims, nowMs, provider.requireExpiration, provider.maxLifetimeMs);
  if (recorder !== null && limitsLifetime(provider)) {
    explainCheck(
      recorder,
      'lifetime',
      describeLifetime(claims, nowMs, provider),
      status,
      provider,
      'max_lifetime',
    );
  }
  return status;
}

function fail(status: Status, provider: Provider | null, run: Run): Status {
  provider?.outputs.writeFailure(run.stream, status, statusText(status));
  return status;
}

/** Headers, then the token's removal, then metadata (Envoy: handleGoodJwt). */
function accept(found: FoundToken, provider: Provider, outputs: TokenOutputs, run: Run): Status {
  const { request, stream } = run;
  if (outputs.names.length > 0) {
    provider.outputs.writeHeaders(request.headers, outputs);
    run.wroteHeaders = true;
  }
  if (!provider.forwardsToken) removeToken(found, run);
  provider.outputs.writeMetadata(stream, outputs);
  if (provider.clearsRouteCache && (outputs.hasClaimHeader || provider.outputs.writesPayloadMetadata)) {
    run.clearsRoute = true;
  }
  return STATUS.ok;
}

/** Takes the whole header, or every parameter of the name; cookies stay (envoy.md §3.4). */
function removeToken({ location }: FoundToken, run: Run): void {
  const { request } = run;
  if (location.kind === 'header') request.headers.remove(location.name);
  else if (location.kind === 'query') {
    const asEnvoy = removeAsEnvoy(pathAsEnvoy(request), location.name);
    request.path = removeParameter(request.path, location.name);
    request.stripped = { path: request.path, asEnvoy };
    request.unsendablePath = holdsControlByte(asEnvoy);
  }
}

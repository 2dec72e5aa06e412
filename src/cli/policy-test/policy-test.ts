import type { JsonObject } from '../../core/jwt/index.ts';
import type { Position } from '../../resources/index.ts';
import type { RouteWanted } from '../route-check/read-route-checks.ts';

/** One file of policy tests, as it was read. */
export interface PolicyTest {
  file: string;
  /** Files of the configuration that is judged, as they are opened. */
  configs: readonly string[];
  /** Istio only: `NAMESPACE/LABEL=VALUE,…`. */
  workload: string | undefined;
  /** Istio only: `NAME` or `NAMESPACE/NAME` of the Gateway that is judged. */
  gateway: string | undefined;
  /** Istio only: where admitted requests would go. */
  upstream: string | undefined;
  /** Time at which requests are judged, unless a case says otherwise. */
  nowMs: number;
  /** Nothing but the routes is asked: no filter has a say. */
  routesOnly?: boolean | undefined;
  issuers: ReadonlyMap<string, IssuerSpec>;
  tokens: ReadonlyMap<string, TokenSpec>;
  cases: readonly PolicyCase[];
}

export interface IssuerSpec {
  name: string;
  /** What its tokens have as `iss`. */
  url: string;
  /** What it signs with; its keys are made up, unless `jwksFile` is there. */
  alg: string;
  /** Real keys: nothing can be signed with them, recorded tokens can be verified. */
  jwksFile: string | undefined;
  at: Position;
}

/** A token made to order. Times are seconds from the test's clock. */
export interface TokenSpec {
  name: string;
  at: Position;
  /** The whole token, when it is not made here. */
  text?: string | undefined;
  /** Where that is read from. */
  file?: string | undefined;
  issuer?: string | undefined;
  claims: JsonObject;
  /** Claims of the token that this one is like, and does not have. */
  without: readonly string[];
  expires?: number | 'never' | undefined;
  notBefore?: number | undefined;
  issued?: number | undefined;
  /** An issuer, or anyone else: a stranger's key under the issuer's key id. */
  signedBy?: string | undefined;
  /** null: no key id. */
  kid?: string | null | undefined;
  alg?: string | undefined;
  /** A part that was changed after signing. */
  tampered?: 'payload' | 'signature' | undefined;
}

export interface PolicyCase {
  name: string;
  at: Position;
  request: AskedOf;
  /** Time of this case. */
  nowMs: number;
  repeat: number;
  /** Holds for every repetition, */
  expect: Expectation;
  /** and this for the last one besides. */
  expectLast: Expectation | undefined;
}

export interface AskedOf {
  method: string;
  url: string;
  /** Name of the token that is sent; null: none. */
  as: string | null;
  tokenIn: TokenPlace;
  /** `name: value`; `{token:NAME}` in a value stands for that token. */
  headers: readonly string[];
  /** Peer's address. */
  peer: string | undefined;
  listener: string | undefined;
  /** The number that stands for chance where a route is chosen; absent: whatever it is. */
  randomValue?: number | undefined;
}

export type TokenPlace =
  | { kind: 'header'; name: string; prefix: string }
  | { kind: 'query'; name: string }
  | { kind: 'cookie'; name: string };

/** `200`; `4xx`; anything below 400; anything else. What goes on to the origin counts as 200. */
export type StatusWanted = number | `${number}xx` | 'pass' | 'deny';

export interface Expectation {
  status?: StatusWanted | undefined;
  /** Of the gate's own reply. */
  body?: string | undefined;
  /** `%RESPONSE_CODE_DETAILS%`. */
  details?: string | undefined;
  /** Filter that replies: `jwt_authn`, `rbac`. */
  refusedBy?: string | undefined;
  headers?: readonly FieldWanted[] | undefined;
  upstream?: UpstreamWanted | undefined;
  /** In the words of `router_check_tool`. */
  route?: RouteWanted | undefined;
}

export interface UpstreamWanted {
  cluster?: string | undefined;
  host?: string | undefined;
  path?: string | undefined;
  headers: readonly FieldWanted[];
}

/** What is wanted of a header field. */
export interface FieldWanted {
  name: string;
  want:
    | { kind: 'value'; value: string }
    | { kind: 'absent' }
    | { kind: 'present' }
    /** The field is JSON, or base64url of JSON, that holds at least this. */
    | { kind: 'json'; json: JsonObject };
}

import { HeaderList } from '../../http/header-list.ts';
import { applyHeaderMutations, type HeaderMutations } from '../../route/header-mutation.ts';
import type { FilterStream, UpstreamCaller } from '../filter.ts';
import type { Answer } from './answer.ts';
import type { Authorizer, Question } from './authorizer.ts';
import { buildCheckRequest, type CheckSettings } from './check-request.ts';
import { readCheckResponse } from './check-response.ts';

/** A service that is asked over gRPC. */
export interface GrpcSettings {
  origin: object;
  cluster: string;
  /** Empty: the cluster's name. */
  authority: string;
  /** 0: none. */
  timeoutMs: number;
  /** `initial_metadata`. */
  metadata: HeaderMutations | null;
  /** The gate says nothing of itself (`skip_envoy_headers`). */
  isSilent: boolean;
  /** A longer answer is an error; undefined: as many as the gate takes. */
  bytesMax: number | undefined;
  check: CheckSettings;
}

const METHOD = '/envoy.service.auth.v3.Authorization/Check';
/** gRPC's own default for what a client takes. Envoy has no bound. */
const BYTES_MAX = 4 * 1024 * 1024;

/** Asks `envoy.service.auth.v3.Authorization` about a request (Envoy: ext_authz_grpc_impl.cc). */
export class GrpcAuthorizer implements Authorizer {
  readonly field = 'grpc_service';
  readonly #settings: GrpcSettings;

  constructor(settings: GrpcSettings) {
    this.#settings = settings;
  }

  get cluster(): string {
    return this.#settings.cluster;
  }

  get origin(): object {
    return this.#settings.origin;
  }

  async ask(upstreams: UpstreamCaller, stream: FilterStream, question: Question): Promise<Answer> {
    const { cluster, authority, timeoutMs, isSilent, bytesMax = BYTES_MAX, check } = this.#settings;
    const outcome = await upstreams.callGrpc(cluster, {
      path: METHOD,
      authority,
      metadata: this.#metadata(stream),
      message: buildCheckRequest(check, stream, question),
      timeoutMs,
      saysWho: !isSilent,
      bytesMax: Math.min(bytesMax, BYTES_MAX),
      signal: stream.signal(),
    });
    if (outcome.kind === 'reply') return readCheckResponse(outcome.message);
    // Envoy would have read it, and it may say no: where errors are let in, this one is not.
    const isOurs = outcome.code === 'too_large' && bytesMax >= BYTES_MAX;
    return { kind: isOurs ? 'invalid' : 'error', why: outcome.text };
  }

  #metadata(stream: FilterStream): (readonly [string, string])[] {
    const { metadata, isSilent, timeoutMs } = this.#settings;
    const headers = new HeaderList();
    if (metadata !== null) applyHeaderMutations(headers, [metadata], stream);
    const lines = headers.names.map(
      (name, index) => [name, onTheWire(name, headers.values[index] as string)] as const,
    );
    const who = isSilent ? [] : [['x-envoy-internal', 'true'] as const];
    const limit = timeoutMs > 0 ? [['x-envoy-expected-rq-timeout-ms', String(timeoutMs)] as const] : [];
    return [...lines, ...who, ...limit];
  }
}

/** Metadata that may be any bytes go in base64 (gRPC over HTTP/2, "Binary-Header"). @param value a byte string */
const onTheWire = (name: string, value: string) =>
  name.endsWith('-bin') ? Buffer.from(value, 'latin1').toString('base64') : value;

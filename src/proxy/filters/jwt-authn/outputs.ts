import type {
  JwtClaimToHeader,
  JwtProvider,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { JsonObject, JsonValue } from '../../../core/jwt/index.ts';
import { lowerAscii } from '../../../core/match/index.ts';
import type { Findings } from '../../../resources/index.ts';
import type { HeaderList } from '../../http/header-list.ts';
import { addRequestLine } from '../../http/join-lines.ts';
import type { FilterStream, MetadataValue } from '../filter.ts';
import { claimText, findClaim } from './claim-text.ts';

const METADATA_NAMESPACE = 'envoy.filters.http.jwt_authn';

/** What a verified token leaves behind, made once per token. */
export interface TokenOutputs {
  /** Header lines: the payload's first, then the claims'. */
  names: readonly string[];
  values: readonly string[];
  /** A claim became a header. */
  hasClaimHeader: boolean;
  /** Payload as metadata holds it. */
  payload: JsonObject;
  header: JsonObject;
}

/** What a provider writes for its tokens, and so the names that no client may send. */
export class OutputPlan {
  readonly headerNames: readonly string[];
  readonly #payloadHeader: string;
  readonly #padded: boolean;
  readonly #claims: readonly { header: string; path: readonly string[] }[];
  readonly #payloadKey: string;
  readonly #headerKey: string;
  readonly #failureKey: string;
  readonly #spaceDelimited: readonly string[];

  constructor(provider: JwtProvider, findings: Findings) {
    this.#payloadHeader = lowerAscii(provider.forwardPayloadHeader);
    this.#padded = provider.padForwardPayloadHeader;
    this.#claims = provider.claimToHeaders.map((entry) => ({
      header: lowerAscii(entry.headerName),
      path: claimPathOf(entry),
    }));
    this.#payloadKey = provider.payloadInMetadata;
    this.#headerKey = provider.headerInMetadata;
    this.#failureKey = provider.failedStatusInMetadata;
    this.#spaceDelimited = provider.normalizePayloadInMetadata?.spaceDelimitedClaims ?? [];
    const names = [this.#payloadHeader, ...this.#claims.map(({ header }) => header)];
    this.headerNames = [...new Set(names.filter((name) => name !== ''))];
    refuseBadNames(provider, findings);
  }

  get writesPayloadMetadata(): boolean {
    return this.#payloadKey !== '';
  }

  /** Makes what `write` writes. Its strings may be slices of the token's text. */
  make(payload: JsonObject, header: JsonObject, payloadSegment: string): TokenOutputs {
    const names: string[] = [];
    const values: string[] = [];
    if (this.#payloadHeader !== '') {
      names.push(this.#payloadHeader);
      values.push(this.#padded ? pad(payloadSegment) : payloadSegment);
    }
    let hasClaimHeader = false;
    for (const claim of this.#claims) {
      const text = claimText(findClaim(payload, claim.path));
      if (text === undefined) continue;
      names.push(claim.header);
      values.push(text);
      hasClaimHeader = true;
    }
    return { names, values, hasClaimHeader, payload: this.#normalize(payload), header };
  }

  /** Writes a verified token's headers. Repeated names add lines; those that Envoy keeps as one are joined (envoy.md §3.6). */
  writeHeaders(headers: HeaderList, outputs: TokenOutputs): void {
    for (let i = 0; i < outputs.names.length; i++) {
      addRequestLine(headers, outputs.names[i] as string, outputs.values[i] as string);
    }
  }

  /** With one key for both, the payload wins. */
  writeMetadata(stream: FilterStream, outputs: TokenOutputs): void {
    if (this.#headerKey !== '') stream.metadata.set(METADATA_NAMESPACE, this.#headerKey, outputs.header);
    if (this.#payloadKey !== '') stream.metadata.set(METADATA_NAMESPACE, this.#payloadKey, outputs.payload);
  }

  writeFailure(stream: FilterStream, code: number, message: string): void {
    if (this.#failureKey === '') return;
    stream.metadata.set(METADATA_NAMESPACE, this.#failureKey, { code, message });
  }

  #normalize(payload: JsonObject): JsonObject {
    const changed = this.#spaceDelimited.filter((name) => isSpaced(payload, name));
    if (changed.length === 0) return payload;
    const copy: { [name: string]: MetadataValue } = { ...payload };
    for (const name of changed) {
      const before = copy[name];
      const parts = (payload[name] as string).split(' ').filter((part) => part !== '');
      // A name that stands twice in the configuration adds its parts twice (Envoy: authenticator.cc).
      copy[name] = Array.isArray(before) ? [...before, ...parts] : parts;
    }
    return copy as JsonObject;
  }
}

/** Text with something else in it than spaces. */
function isSpaced(payload: JsonObject, name: string): boolean {
  const value: JsonValue | undefined = Object.hasOwn(payload, name) ? payload[name] : undefined;
  return typeof value === 'string' && /[^ ]/.test(value);
}

function claimPathOf(entry: JwtClaimToHeader): string[] {
  return entry.claimPath.length > 0 ? entry.claimPath.map(({ key }) => key) : entry.claimName.split('.');
}

function pad(segment: string): string {
  return segment.padEnd(Math.ceil(segment.length / 4) * 4, '=');
}

function refuseBadNames(provider: JwtProvider, findings: Findings): void {
  const what = 'a token is written to';
  const written = (name: string, about: object, field: string) => {
    if (name !== '') refuseBadName(name, what, { about, field }, findings);
  };
  written(provider.forwardPayloadHeader, provider, 'forward_payload_header');
  for (const entry of provider.claimToHeaders) written(entry.headerName, entry, 'header_name');
}

const TOKEN = /^[!#$%&'*+\-.^_`|~\da-z]+$/;
const OF_THE_MESSAGE = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'te',
  'upgrade',
]);

/**
 * Envoy loads such a name and then answers 503, or worse frames or addresses the request anew, when it writes the header.
 * @param what it is that is written there, and so to be said
 */
export function refuseBadName(
  written: string,
  what: string,
  where: { about: object; field: string },
  findings: Findings,
): void {
  const name = lowerAscii(written);
  if (TOKEN.test(name) && !OF_THE_MESSAGE.has(name)) return;
  findings.report({
    code: 'E120',
    severity: 'error',
    message: `\`${name}\` cannot be the name of a header that ${what}`,
    envoy: 'accepts',
    ...where,
  });
}

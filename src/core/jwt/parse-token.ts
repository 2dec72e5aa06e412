import { selectAlgorithm } from './algorithms.ts';
import { decodeClaims } from './decode-claims.ts';
import { decodeSegment } from './decode-segment.ts';
import { isJsonObject, type JsonObject, memberOf, memberOr } from './json-value.ts';
import { parseJson } from './parse-json.ts';
import { FAULT } from './spelling-fault.ts';
import { splitToken, type TokenParts } from './split-token.ts';
import { STATUS, type Status } from './status.ts';
import type { ParsedToken, SpellingFault, TokenHeader } from './token.ts';

/**
 * Parses a compact JWS that carries claims (RFC 7515 §3.1, RFC 7519 §7.2), with Envoy's checks in Envoy's order.
 * @returns a status of 4 to 22 where Envoy refuses too. A spelling that only jotgate refuses is noted as `fault` and has its say in
 *   `verifySignature`.
 */
export function parseToken(text: string): ParsedToken | Status {
  const parts = splitToken(text);
  if (parts === null) return STATUS.jwtIsNotThreeParts;
  const header = recallHeader(parts.header);
  if (typeof header === 'number') return header;
  const payload = decodePayload(parts.payload);
  if (typeof payload === 'number') return payload;
  const claims = decodeClaims(payload.json);
  if (typeof claims === 'number') return claims;
  const signature = decodeSegment(parts.signature);
  if (signature === null) return STATUS.jwtSignatureBadBase64;
  return {
    text,
    header: header.header,
    payload: payload.json,
    claims,
    payloadSegment: parts.payload,
    signedText: parts.signedText,
    signature: signature.bytes,
    fault:
      faultOf(parts) ??
      header.fault ??
      payload.fault ??
      (signature.canonical ? null : FAULT.signatureSpelling),
  };
}

const faultOf = (parts: TokenParts): SpellingFault | null => (parts.canonical ? null : FAULT.emptyParts);

interface DecodedHeader {
  header: TokenHeader;
  fault: SpellingFault | null;
}

let lastSegment = '';
let lastHeader: DecodedHeader | null = null;

/**
 * An issuer's tokens have one header, letter for letter, which is a quarter of the work: the last good one is remembered. Its text
 * is copied by way of bytes, for a slice would keep the whole token alive.
 */
function recallHeader(segment: string): DecodedHeader | Status {
  if (lastHeader !== null && segment === lastSegment) return lastHeader;
  const header = decodeHeader(segment);
  if (typeof header !== 'number' && header.fault === null) {
    lastSegment = Buffer.from(segment, 'latin1').toString('latin1');
    lastHeader = header;
  }
  return header;
}

/** The JOSE header of a compact JWS, for tokens and for raw JWS alike. */
export function decodeHeader(segment: string): DecodedHeader | Status {
  const decoded = decodeSegment(segment);
  if (decoded === null) return STATUS.jwtHeaderBadBase64;
  const parsed = decodeJsonObject(decoded.bytes);
  if (parsed === null) return STATUS.jwtHeaderBadJson;
  const { json } = parsed;
  const name = memberOf(json, 'alg');
  if (typeof name !== 'string') return STATUS.jwtHeaderBadAlg;
  const alg = selectAlgorithm(name);
  if (alg === undefined) return STATUS.jwtHeaderAlgNotSupported;
  const kid = memberOr(json, 'kid', '');
  if (typeof kid !== 'string') return STATUS.jwtHeaderBadKid;
  const fault = decoded.canonical
    ? parsed.strict
      ? extensionFault(json)
      : FAULT.headerJson
    : FAULT.headerSpelling;
  return { header: { alg, kid, json }, fault };
}

/** RFC 7515 §4.1.11: an extension that must be understood and is not makes the JWS invalid. RFC 7797: `b64`. */
function extensionFault(json: JsonObject): SpellingFault | null {
  if (Object.hasOwn(json, 'crit')) return FAULT.crit;
  const b64 = memberOf(json, 'b64');
  return b64 === undefined || b64 === true ? null : FAULT.b64;
}

function decodePayload(segment: string): { json: JsonObject; fault: SpellingFault | null } | Status {
  const decoded = decodeSegment(segment);
  if (decoded === null) return STATUS.jwtPayloadBadBase64;
  const parsed = decodeJsonObject(decoded.bytes);
  if (parsed === null) return STATUS.jwtPayloadBadJson;
  const fault = decoded.canonical ? (parsed.strict ? null : FAULT.payloadJson) : FAULT.payloadSpelling;
  return { json: parsed.json, fault };
}

/** Envoy reads the text `null` as an empty object; here that is one of its leniencies. */
function decodeJsonObject(bytes: Buffer): { json: JsonObject; strict: boolean } | null {
  const parsed = parseJson(bytes);
  if (parsed === null) return null;
  if (parsed.value === null) return { json: {}, strict: false };
  return isJsonObject(parsed.value) ? { json: parsed.value, strict: parsed.strict } : null;
}

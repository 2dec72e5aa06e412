import { decodeSegment } from './decode-segment.ts';
import { decodeHeader } from './parse-token.ts';
import { STATUS, type Status } from './status.ts';
import type { SpellingFault, TokenHeader } from './token.ts';

/** A compact JWS whose payload may be any bytes, none too. */
export interface ParsedJws {
  readonly header: TokenHeader;
  readonly payload: Uint8Array;
  readonly signedText: string;
  readonly signature: Uint8Array;
  /** Always null: what is misspelled is refused at once. */
  readonly fault: SpellingFault | null;
}

/** Parses a compact JWS (RFC 7515 §3.1) with the strictness of `parseToken`, whatever the payload is. */
export function parseJws(text: string): ParsedJws | Status {
  const parts = text.split('.', 4);
  if (parts.length !== 3) return STATUS.jwtIsNotThreeParts;
  const [headerPart, payloadPart, signaturePart] = parts as [string, string, string];
  const decoded = decodeHeader(headerPart);
  if (typeof decoded === 'number') return decoded;
  if (decoded.fault !== null) return decoded.fault.status;
  const payload = decodeSegment(payloadPart);
  if (payload === null || !payload.canonical) return STATUS.jwtPayloadBadBase64;
  const signature = decodeSegment(signaturePart);
  if (signature === null || !signature.canonical) return STATUS.jwtSignatureBadBase64;
  return {
    header: decoded.header,
    payload: payload.bytes,
    signedText: `${headerPart}.${payloadPart}`,
    signature: signature.bytes,
    fault: null,
  };
}

import { STATUS, type Status } from './status.ts';
import type { SpellingFault } from './token.ts';

const fault = (status: Status, reason: string): SpellingFault => ({ status, reason });

/** What only jotgate refuses in a token, each with the status of that part plainly wrong (docs/divergences.md, T1–T7). */
export const FAULT = {
  emptyParts: fault(STATUS.jwtIsNotThreeParts, 'a dot too many'),
  headerSpelling: fault(STATUS.jwtHeaderBadBase64, 'the header is not canonical base64url'),
  headerJson: fault(STATUS.jwtHeaderBadJson, 'the header is not strict JSON'),
  crit: fault(STATUS.jwtVerificationFails, 'the header has `crit`, and no extension is known here'),
  b64: fault(STATUS.jwtVerificationFails, 'the header has `b64`, and only an encoded payload is taken'),
  payloadSpelling: fault(STATUS.jwtPayloadBadBase64, 'the payload is not canonical base64url'),
  payloadJson: fault(STATUS.jwtPayloadBadJson, 'the payload is not strict JSON'),
  signatureSpelling: fault(STATUS.jwtVerificationFails, 'the signature is not canonical base64url'),
} as const;

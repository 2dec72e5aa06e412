import { type JsonObject, type JsonValue, memberOf, memberOr } from './json-value.ts';
import { STATUS, type Status } from './status.ts';
import type { Claims } from './token.ts';

const UINT64_RANGE = 2 ** 64;

/** Types of the registered claims, in Envoy's order of complaint; `null` is a value of the wrong type (envoy.md §4.1; Envoy: jwt.cc). */
export function decodeClaims(payload: JsonObject): Claims | Status {
  const iss = memberOr(payload, 'iss', '');
  if (typeof iss !== 'string') return STATUS.jwtPayloadBadIss;
  const sub = memberOr(payload, 'sub', '');
  if (typeof sub !== 'string') return STATUS.jwtPayloadBadSub;
  const times = decodeTimes(payload);
  if (typeof times === 'number') return times;
  const jti = memberOr(payload, 'jti', '');
  if (typeof jti !== 'string') return STATUS.jwtPayloadBadJti;
  const aud = decodeAudience(memberOf(payload, 'aud'));
  if (aud === null) return STATUS.jwtPayloadBadAud;
  return { iss, sub, aud, exp: times.exp, nbf: times.nbf, iat: times.iat, jti };
}

interface Times {
  exp: number;
  nbf: number;
  iat: number;
}

function decodeTimes(payload: JsonObject): Times | Status {
  const iat = memberOr(payload, 'iat', 0);
  if (typeof iat !== 'number') return STATUS.jwtPayloadIatNotInteger;
  if (!isUint64(iat)) return STATUS.jwtPayloadIatNotPositive;
  const nbf = memberOr(payload, 'nbf', 0);
  if (typeof nbf !== 'number') return STATUS.jwtPayloadNbfNotInteger;
  if (!isUint64(nbf)) return STATUS.jwtPayloadNbfNotPositive;
  const exp = memberOr(payload, 'exp', 0);
  if (typeof exp !== 'number') return STATUS.jwtPayloadExpNotInteger;
  if (!isUint64(exp)) return STATUS.jwtPayloadExpNotPositive;
  return { iat: toSeconds(iat), nbf: toSeconds(nbf), exp: toSeconds(exp) };
}

const isUint64 = (value: number): boolean => value >= 0 && value < UINT64_RANGE;

/** The fraction goes, and so does the sign of `-0`. */
const toSeconds = (value: number): number => Math.trunc(value) + 0;

/** A string or a list of strings; null when it is neither. */
function decodeAudience(aud: JsonValue | undefined): readonly string[] | null {
  if (aud === undefined) return [];
  if (typeof aud === 'string') return [aud];
  if (!Array.isArray(aud)) return null;
  return aud.every((entry) => typeof entry === 'string') ? (aud as string[]) : null;
}

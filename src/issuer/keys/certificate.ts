import { type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import {
  derBitString,
  derInteger,
  derNull,
  derObjectIdentifier,
  derSequence,
  derSet,
  derTime,
  derUtf8String,
} from './der.ts';

const signAsync = promisify(sign);

const COMMON_NAME = '2.5.4.3';
const SHA256_WITH_RSA = '1.2.840.113549.1.1.11';
const BACKDATED_MS = 100_000;
const YEARS = 10;

/**
 * A self-signed certificate around an RSA key, in the shape that Keycloak gives to a realm's keys: X.509 version 1,
 * `CN=<realm>`, serial number = milliseconds of creation, valid from 100 s before for ten years, sha256WithRSA (RFC 5280 §4.1).
 * @returns DER.
 */
export async function createCertificate(
  realmName: string,
  publicKey: KeyObject,
  privateKey: KeyObject,
  nowMs: number,
): Promise<Buffer> {
  const algorithm = derSequence(derObjectIdentifier(SHA256_WITH_RSA), derNull());
  const name = derSequence(derSet(derSequence(derObjectIdentifier(COMMON_NAME), derUtf8String(realmName))));
  const end = new Date(nowMs);
  end.setUTCFullYear(end.getUTCFullYear() + YEARS);
  const certificate = derSequence(
    derInteger(BigInt(nowMs)),
    algorithm,
    name,
    derSequence(derTime(nowMs - BACKDATED_MS), derTime(end.getTime())),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = await signAsync('sha256', certificate, privateKey);
  return derSequence(certificate, algorithm, derBitString(signature));
}

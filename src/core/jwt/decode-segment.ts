import { decodeBase64url } from '../../base/index.ts';

/** The bytes of one part of a token, and whether their spelling is the one canonical one. */
export interface Segment {
  readonly bytes: Buffer;
  readonly canonical: boolean;
}

const WHITE_SPACE = /[ \t\n\v\f\r]/g;
/** Alphabet, then padding, for which Envoy takes a dot too; what is before it is group 1. */
const UNWRAPPED = /^([A-Za-z0-9_-]*)([=.]*)$/;

/**
 * Decodes base64url, telling apart what jotgate takes (canonical, RFC 7515 §2) and what Envoy takes besides: ASCII white space
 * anywhere, padding if its count is right, any unused bits (envoy.md §4.1).
 * @returns null for what Envoy refuses too.
 */
export function decodeSegment(text: string): Segment | null {
  const bytes = decodeBase64url(text);
  if (bytes !== null) return { bytes, canonical: true };
  const lenient = decodeLenientBase64url(text);
  return lenient === null ? null : { bytes: lenient, canonical: false };
}

/** Base64url as Envoy reads it in tokens and key sets; null when Envoy refuses it. */
export function decodeLenientBase64url(text: string): Buffer | null {
  const match = UNWRAPPED.exec(text.replace(WHITE_SPACE, ''));
  if (match === null) return null;
  const [, body = '', padding = ''] = match;
  const remainder = body.length & 3;
  if (remainder === 1) return null;
  if (padding !== '' && padding.length !== ((4 - remainder) & 3)) return null;
  return Buffer.from(body, 'base64url');
}

/** The three parts of a compact JWS, still encoded. */
export interface TokenParts {
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
  readonly signedText: string;
  /** Exactly two dots and no empty part. */
  readonly canonical: boolean;
}

/** Splits at the dots; as Envoy does, empty parts do not count, which is never canonical. null: not three parts. */
export function splitToken(text: string): TokenParts | null {
  const first = text.indexOf('.');
  const second = text.indexOf('.', first + 1);
  const isCanonical =
    first > 0 && second > first + 1 && second + 1 < text.length && text.indexOf('.', second + 1) < 0;
  if (!isCanonical) return splitAroundEmptyParts(text);
  return {
    header: text.slice(0, first),
    payload: text.slice(first + 1, second),
    signature: text.slice(second + 1),
    signedText: text.slice(0, second),
    canonical: true,
  };
}

function splitAroundEmptyParts(text: string): TokenParts | null {
  const parts = text.split('.').filter((part) => part !== '');
  if (parts.length !== 3) return null;
  const [header, payload, signature] = parts as [string, string, string];
  return { header, payload, signature, signedText: `${header}.${payload}`, canonical: false };
}

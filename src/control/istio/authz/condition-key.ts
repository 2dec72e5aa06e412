/** The key of a `when` entry, as far as it decides what is matched. */
export const CONDITION = {
  destinationIp: 'destination.ip',
  destinationPort: 'destination.port',
  sni: 'connection.sni',
  sourceIp: 'source.ip',
  remoteIp: 'remote.ip',
  sourceNamespace: 'source.namespace',
  sourceServiceAccount: 'source.serviceAccount',
  sourceTrustDomain: 'source.trustDomain',
  sourcePrincipal: 'source.principal',
  requestPrincipal: 'request.auth.principal',
  audiences: 'request.auth.audiences',
  presenter: 'request.auth.presenter',
} as const;

export const HEADER_PREFIX = 'request.headers';
export const CLAIMS_PREFIX = 'request.auth.claims';
export const ENVOY_FILTER_PREFIX = 'experimental.envoy.filters.';

/** `[x]` → `x`, brackets inside kept; null when the text does not stand in brackets. */
export function nameInBrackets(text: string): string | null {
  return text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : null;
}

/**
 * `[a][b]` → `a`, `b`. Where the brackets do not pair up, the whole is one name: `[[odd]` is the claim `[odd`.
 * @returns null when the text does not stand in brackets.
 */
export function namesInNestedBrackets(text: string): string[] | null {
  const names: string[] = [];
  for (let begin = 0; begin < text.length; ) {
    const end = closingBracket(text, begin);
    if (end < 0) {
      const whole = nameInBrackets(text);
      return whole === null ? null : [whole];
    }
    names.push(text.slice(begin + 1, end));
    begin = end + 1;
  }
  return names;
}

function closingBracket(text: string, begin: number): number {
  if (text[begin] !== '[') return -1;
  const end = text.indexOf(']', begin + 1);
  const opening = text.indexOf('[', begin + 1);
  return opening >= 0 && opening < end ? -1 : end;
}

/** `experimental.envoy.filters.a.b[c]` → filter `envoy.filters.a.b`, key `c`. */
export function envoyFilterKey(key: string): { filter: string; name: string } | null {
  const text = key.slice('experimental.'.length).replace(/\]$/, '');
  const bracket = text.indexOf('[');
  return bracket < 0 ? null : { filter: text.slice(0, bracket), name: text.slice(bracket + 1) };
}

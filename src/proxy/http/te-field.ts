const TRAILERS = /(?:^|,)[\t ]*trailers[\t ]*(?:,|$)/;
const TRAILERS_IN_ANY_CASE = new RegExp(TRAILERS, 'i');

/**
 * Only the word that says that trailers are welcome means anything to the next hop. In capitals it is that word, and nothing at all
 * is not it, where the connection field names the field (Envoy: utility.cc, sanitizeConnectionHeader; conn_manager_utility.cc).
 * @param te the field, its lines joined
 * @returns what is left of it; null: the request has no such field
 */
export function keptTe(te: string, isNamed: boolean): string | null {
  if ((isNamed ? TRAILERS_IN_ANY_CASE : TRAILERS).test(te)) return 'trailers';
  return isNamed || te !== '' ? null : te;
}

import { type CodeEntry, explainCode } from '../control/config/index.ts';

/** What a code means, whichever plane it is of; undefined for one that is not ours. */
export async function explainAnyCode(code: string): Promise<CodeEntry | undefined> {
  const known = explainCode(code);
  if (known !== undefined) return known;
  const { ISTIO_CODE_ENTRIES } = await import('../control/istio/index.ts');
  if (Object.hasOwn(ISTIO_CODE_ENTRIES, code)) return ISTIO_CODE_ENTRIES[code];
  const { REALM_CODE_ENTRIES } = await import('../server/issuer/index.ts');
  return Object.hasOwn(REALM_CODE_ENTRIES, code) ? REALM_CODE_ENTRIES[code] : undefined;
}

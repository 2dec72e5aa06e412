/** A form's fields. Of a field that came twice the first value counts until the form is refused for it. */
export interface Form {
  readonly fields: ReadonlyMap<string, string>;
  readonly hasDuplicates: boolean;
}

const EMPTY: Form = { fields: new Map(), hasDuplicates: false };
const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

/** Reads `application/x-www-form-urlencoded`. Another type, or a broken escape anywhere, makes an empty form. */
export function parseForm(contentType: string | undefined, body: Buffer): Form {
  if (contentType === undefined || !FORM_TYPE.test(contentType)) return EMPTY;
  const fields = new Map<string, string>();
  let hasDuplicates = false;
  for (const pair of body.toString('latin1').split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const name = decodeFormText(at === -1 ? pair : pair.slice(0, at));
    const value = decodeFormText(at === -1 ? '' : pair.slice(at + 1));
    if (name === null || value === null) return EMPTY;
    if (fields.has(name)) hasDuplicates = true;
    else fields.set(name, value);
  }
  return { fields, hasDuplicates };
}

/** @returns null for a broken escape, or bytes that are no UTF-8. */
export function decodeFormText(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

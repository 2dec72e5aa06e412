import type { Secret } from './secrets.ts';

/** So much of a secret is a leak. */
const WINDOW = 12;

/** Tells which secrets a text shows, whole or in part, as they are or encoded: base64, base64url, percent, hex, JSON. */
export function createLeakFinder(secrets: readonly Secret[]): (text: string) => string[] {
  const names = new Map(
    secrets.flatMap((secret) => needlesOf(secret).map((needle) => [needle, secret.name])),
  );
  const short = [...names.keys()].filter((needle) => needle.length < WINDOW);
  return (text) => {
    const found = new Set(short.filter((needle) => text.includes(needle)).map((needle) => names.get(needle)));
    for (const window of windowsOf(text)) found.add(names.get(window));
    return [...found].filter((name) => name !== undefined);
  };
}

function* windowsOf(text: string): Generator<string> {
  for (let start = 0; start + WINDOW <= text.length; start++) yield text.slice(start, start + WINDOW);
}

const needlesOf = ({ text }: Secret) =>
  formsOf(partsOf(text)).flatMap((form) => (form.length < WINDOW ? [form] : [...windowsOf(form)]));

/** Of a PEM the lines between the marks; of a token all but its header, which says nothing. */
function partsOf(text: string): string[] {
  if (text.includes('-----BEGIN'))
    return text.split('\n').filter((line) => line !== '' && !line.startsWith('-'));
  if (!text.startsWith('eyJ')) return [text];
  return text
    .split('.')
    .slice(1)
    .filter((part) => part !== '');
}

function formsOf(parts: readonly string[]): string[] {
  return parts.flatMap((part) => [
    part,
    ...['', '~', '~~'].flatMap((before) => encodedAt(part, before)),
    [...Buffer.from(part)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
    encodeURIComponent(part),
    Buffer.from(part).toString('hex'),
    JSON.stringify(part).slice(1, -1),
  ]);
}

/** As base64 shows the part in the middle of a text, without the characters that its neighbours have a share in. */
function encodedAt(part: string, before: string): string[] {
  const start = Math.ceil((before.length * 4) / 3);
  const length = Math.floor(((before.length + part.length) * 8) / 6) - start;
  const bytes = Buffer.from(before + part);
  return (['base64', 'base64url'] as const).map((encoding) =>
    bytes.toString(encoding).slice(start, start + length),
  );
}

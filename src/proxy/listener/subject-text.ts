import { attributeName } from './attribute-names.ts';
import { type DerElement, readDer, readOid } from './read-der.ts';

/**
 * A distinguished name as Envoy's library writes it (BoringSSL: X509_NAME_print_ex with XN_FLAG_RFC2253): the last attribute first,
 * those of one set joined by `+`, bytes beyond ASCII as `\C3`, and what has no name or is no text as its DER in hex.
 * @param name the contents of the RDNSequence
 */
export function subjectText(name: Buffer): string {
  const sets = readDer(name).map(({ value }) => readDer(value).map(attributeText).reverse().join('+'));
  return sets.reverse().join(',');
}

function attributeText({ value }: DerElement): string {
  const [type, content] = readDer(value);
  if (type === undefined || content === undefined) return '';
  const oid = readOid(type.value);
  const known = attributeName(oid);
  const text = known === undefined ? null : utf8Of(content);
  const said = text === null ? `#${content.whole.toString('hex').toUpperCase()}` : escapeText(text);
  return `${known ?? oid}=${said}`;
}

const UTF8_STRING = 12;
const UNIVERSAL_STRING = 28;
const BMP_STRING = 30;
/** Numeric, Printable, T61 and IA5 strings, times, visible strings. */
const ONE_BYTE: ReadonlySet<number> = new Set([18, 19, 20, 22, 23, 24, 26]);

/** null: no string. */
function utf8Of({ tag, value }: DerElement): Buffer | null {
  if (tag === UTF8_STRING) return value;
  if (ONE_BYTE.has(tag)) return Buffer.from(value.toString('latin1'));
  const width = tag === BMP_STRING ? 2 : tag === UNIVERSAL_STRING ? 4 : 0;
  if (width === 0) return null;
  const codes = Array.from({ length: Math.floor(value.length / width) }, (_, index) =>
    value.readUIntBE(index * width, width),
  );
  return codes.some((code) => code > 0x10ffff) ? null : Buffer.from(String.fromCodePoint(...codes));
}

function escapeText(bytes: Buffer): string {
  return Array.from(bytes, (byte, index) => {
    const char = String.fromCharCode(byte);
    if (byte < 0x20 || byte >= 0x7f) return `\\${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    const isEdge =
      (char === ' ' && (index === 0 || index === bytes.length - 1)) || (char === '#' && index === 0);
    return isEdge || ',+"\\<>;'.includes(char) ? `\\${char}` : char;
  }).join('');
}

/** Words that people write where a secret is asked for, and what keyboards and documents have in a row. */
const WORDS =
  /secret|passw|p4ss|changeme|change[-_ ]?it|example|sample|dummy|default|your[-_ ]|my[-_ ]|super[-_ ]|test[-_ ]|[-_ ](?:key|token|jwt)|jwt[-_ ]|qwert|asdfgh|letmein|abcdef|123456|012345|987654/i;
/** Random once, in base64url: RFC 7515 §A.1, RFC 7520 §3.5, and what tutorials for Spring have, as text and as the bytes that it spells. */
const PUBLISHED: ReadonlySet<string> = new Set([
  'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
  'hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg',
  ...[
    '404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970',
    '413F4428472B4B6250655368566D5970337336763979244226452948404D6351',
  ].flatMap((text) =>
    [Buffer.from(text), Buffer.from(text, 'hex'), Buffer.from(text, 'base64')].map((bytes) =>
      bytes.toString('base64url'),
    ),
  ),
]);
const PRINTABLE = /^[\x20-\x7e]+$/;
const DISTINCT_MIN = 10;
/** Trying each length on a whole secret of any length would take the square of that. */
const UNIT_SOUGHT_IN = 1024;

/**
 * What makes a secret one that somebody tries early on: lists of secrets out of tutorials have a hundred thousand. Of 32 random bytes
 * some thirty differ; of as many hexadecimal digits, more than ten.
 * @returns null where nothing does
 */
export function guessableBy(secret: Buffer): string | null {
  if (PUBLISHED.has(secret.toString('base64url'))) return 'stands in published documents';
  const distinct = new Set(secret).size;
  if (distinct < DISTINCT_MIN) return `has ${distinct} different ${distinct === 1 ? 'byte' : 'bytes'}`;
  const unit = unitOf(secret);
  if (unit < secret.length) return `repeats its first ${unit} bytes`;
  if (isRun(secret)) return 'counts up or down';
  const text = secret.toString('latin1');
  return PRINTABLE.test(text) && WORDS.test(text) ? 'is made of words' : null;
}

/** How many bytes are repeated to make the whole; its own length where none are, or more than half of `UNIT_SOUGHT_IN`. */
function unitOf(bytes: Buffer): number {
  const start = bytes.subarray(0, UNIT_SOUGHT_IN);
  for (let unit = 1; unit <= start.length / 2; unit++) {
    if (repeats(start, unit)) return repeats(bytes, unit) ? unit : bytes.length;
  }
  return bytes.length;
}

const repeats = (bytes: Buffer, unit: number) =>
  bytes.subarray(unit).equals(bytes.subarray(0, bytes.length - unit));

function isRun(bytes: Buffer): boolean {
  const step = (bytes[1] as number) - (bytes[0] as number);
  return (
    Math.abs(step) === 1 && bytes.every((byte, at) => at === 0 || byte - (bytes[at - 1] as number) === step)
  );
}

/** A DER value (X.690 §8): tag, length, content. */
export function encodeDer(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), encodeLength(body.length), body]);
}

export const derSequence = (...content: Buffer[]): Buffer => encodeDer(0x30, ...content);
export const derSet = (...content: Buffer[]): Buffer => encodeDer(0x31, ...content);
export const derNull = (): Buffer => encodeDer(0x05);
export const derUtf8String = (text: string): Buffer => encodeDer(0x0c, Buffer.from(text));

/** A whole number that is not negative. */
export function derInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const needsSign = ((bytes[0] as number) & 0x80) !== 0;
  return encodeDer(0x02, needsSign ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes);
}

/** Bits in whole bytes. */
export function derBitString(bytes: Buffer): Buffer {
  return encodeDer(0x03, Buffer.alloc(1), bytes);
}

/** A dotted object identifier. */
export function derObjectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return encodeDer(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(encodeBase128)]));
}

/** RFC 5280 §4.1.2.5: UTCTime up to 2049, GeneralizedTime after. */
export function derTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  const isShort = Number(digits.slice(0, 4)) < 2050;
  return encodeDer(isShort ? 0x17 : 0x18, Buffer.from(isShort ? digits.slice(2) : digits));
}

function encodeLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

function encodeBase128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift(0x80 | (rest & 0x7f));
  return bytes;
}

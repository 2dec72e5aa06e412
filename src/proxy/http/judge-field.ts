import { isKnownName } from './field-names.ts';

const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/** What is wrong with a field, in Envoy's words, or null. */
export function judgeField(name: string, value: string): string | null {
  if (!isKnownName(name) && !NAME.test(name)) return `invalid header name: ${name}`;
  return hasControlByte(value) ? `invalid header value for: ${name}` : null;
}

/** Values that are longer than this are worth remembering. */
const LONG = 64;
/** Long values that were found clean lately: a forwarded payload comes again and again, the very same string. */
const clean: (string | undefined)[] = new Array(64).fill(undefined);

/** Notes that a value holds nothing but visible characters, for whoever knows it from how the value was made. */
export function vouchFor(value: string): void {
  if (value.length > LONG) clean[slotOf(value)] = value;
}

const slotOf = (value: string) => (value.length * 31 + value.charCodeAt(value.length >> 1)) & 63;

/** Anything but tab, visible characters and bytes above 127; a character above 255 would not be one byte. */
export function hasControlByte(value: string): boolean {
  const isLong = value.length > LONG;
  const slot = isLong ? slotOf(value) : 0;
  if (isLong && clean[slot] === value) return false;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if ((code < 32 && code !== 9) || code === 127 || code > 255) return true;
  }
  if (isLong) clean[slot] = value;
  return false;
}

/** Byte classes of RFC 9110 and RFC 9112, as tables, so that a parser asks one question per byte. */

/** Token bytes mapped to their lower case (RFC 9110 §5.6.2); 0 for every other byte. */
export const TOKEN_LOWER = new Uint8Array(256);
for (const char of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz") {
  TOKEN_LOWER[char.charCodeAt(0)] = char.charCodeAt(0);
}
for (let code = 65; code <= 90; code++) TOKEN_LOWER[code] = code + 32;

/** 1 for what may stand inside a field value (RFC 9110 §5.5): visible bytes, space, tab and bytes above 127. */
export const FIELD_VALUE = new Uint8Array(256).fill(1, 32);
FIELD_VALUE[9] = 1;
FIELD_VALUE[127] = 0;

/** 1 for the visible ASCII bytes, of which a request target is made. Bytes above 127 are not, as in Envoy. */
export const TARGET = new Uint8Array(256).fill(1, 33, 127);

/** Value of a hexadecimal digit, 255 for every other byte. */
export const HEX = new Uint8Array(256).fill(255);
for (let digit = 0; digit < 16; digit++) {
  const char = digit.toString(16);
  HEX[char.charCodeAt(0)] = digit;
  HEX[char.toUpperCase().charCodeAt(0)] = digit;
}

export const CR = 13;
export const LF = 10;
export const SP = 32;
export const TAB = 9;
export const COLON = 58;

import { Config_ValueType as ValueType } from '#schema/envoy/extensions/filters/http/header_to_metadata/v3/header_to_metadata_pb.js';
import { parseNumber } from '../../../base/index.ts';
import { toText } from '../../../core/match/index.ts';
import type { MetadataValue } from '../filter.ts';
import { decodeValue } from './decode-value.ts';
import type { MetadataTarget } from './rule.ts';

const VALUE_BYTES_MAX = 8 * 1024;

/**
 * Makes a metadata value of a found text (a byte string).
 * @returns undefined for one that is written nowhere: empty, 8 KiB or longer, or not what the type says
 */
export function convertValue(found: string, target: MetadataTarget): MetadataValue | undefined {
  const text = target.constant === '' ? (target.rewrite?.replaceAll(found) ?? found) : target.constant;
  if (text === '' || text.length >= VALUE_BYTES_MAX) return undefined;
  const bytes = target.isBase64 ? decodeBase64(text) : text;
  if (bytes === '') return undefined;
  switch (target.type) {
    case ValueType.STRING:
      return toText(bytes);
    case ValueType.NUMBER:
      return parseNumber(bytes);
    case ValueType.PROTOBUF_VALUE:
      return valueIn(bytes);
  }
}

/** Standard base64, padded or not; anything else is empty (Envoy: Base64::decodeWithoutPadding). */
function decodeBase64(text: string): string {
  const digits = text.replace(/={1,2}$/, '');
  const bytes = Buffer.from(digits, 'base64');
  return bytes.toString('base64').replace(/=+$/, '') === digits ? bytes.toString('latin1') : '';
}

function valueIn(bytes: string): MetadataValue | undefined {
  try {
    return decodeValue(Buffer.from(bytes, 'latin1'));
  } catch {
    return undefined;
  }
}

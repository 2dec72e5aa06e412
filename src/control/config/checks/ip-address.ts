import { parseIpAddress } from '../../../core/match/index.ts';

export function isIpAddress(text: string): boolean {
  return parseIpAddress(text) !== null;
}

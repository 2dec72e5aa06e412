import { toByteString, toText } from '../match/index.ts';
import { type Doubts, type ExpressionValue, inDoubt } from './expression-value.ts';

/** In UTF-16 code units, more than a head has by default: a few kB of a client's words could ask for a text that no memory holds. */
const LENGTH_MAX = 2 ** 20;

/** Texts joined, with `by` between each two; in doubt where that is longer than 1 Mi code units. Bytes that make a character then are one. */
export function joinTexts(texts: readonly string[], by: string, doubts: Doubts): ExpressionValue {
  const length = texts.reduce((sum, text) => sum + text.length, by.length * Math.max(0, texts.length - 1));
  if (length > LENGTH_MAX) return inDoubt(doubts);
  const joined = texts.join(by);
  return joined.isWellFormed() ? joined : toText(toByteString(joined));
}

import { toByteString, toText } from '../match/index.ts';
import { type Doubts, type ExpressionValue, inDoubt } from './expression-value.ts';

/** In UTF-16 code units, more than a head has by default: a few kB of a client's words could ask for a text that no memory holds. */
const LENGTH_MAX = 2 ** 20;

/** Texts joined, with `by` between each two; in doubt where that is longer than 1 Mi code units. */
export function joinTexts(texts: readonly string[], by: string, doubts: Doubts): ExpressionValue {
  const length = texts.reduce((sum, text) => sum + text.length, by.length * Math.max(0, texts.length - 1));
  return length > LENGTH_MAX ? inDoubt(doubts) : joinBytes(texts, by);
}

/** The same of any length. Bytes that make a character once they are beside each other are one. */
export function joinBytes(texts: readonly string[], by: string): string {
  const joined = texts.join(by);
  return joined.isWellFormed() ? joined : toText(toByteString(joined));
}

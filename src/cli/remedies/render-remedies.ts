import { redactTokens } from '../../core/match/index.ts';
import { placeText } from './describe-changes.ts';
import type { Remedies, Remedy } from './find-remedies.ts';

const textOf = ({ changes }: Remedy) => redactTokens(changes.map(({ text }) => text).join(', '));

/** What would pass, a line for each way, the smallest change first. */
export function remedyLines(remedies: Remedies | null): string[] {
  if (remedies === null) return [];
  const { found, never, tried } = remedies;
  const lines = never === null ? [] : [never];
  for (const remedy of found) {
    const doubt = remedy.isConditional ? ', IF its signature holds' : '';
    lines.push(`would pass with: ${textOf(remedy)}${remedy.isElsewhere ? ' (another route)' : ''}${doubt}`);
  }
  if (lines.length === 0 && tried > 1)
    lines.push(`none of ${tried - 1} changes that were tried lets it pass`);
  return lines;
}

/** The same for programs. Tokens are told by their claims. */
export function describeRemedies({ found, never, tried }: Remedies): object {
  return {
    never,
    tried,
    wouldPassWith: found.map((remedy) => ({
      text: textOf(remedy),
      changes: remedy.changes.map(({ kind, text }) => ({ kind, text: redactTokens(text) })),
      otherRoute: remedy.isElsewhere,
      conditional: remedy.isConditional,
      tokens: remedy.tokens.map(({ place, provider }) => ({ place: placeText(place), provider })),
    })),
  };
}

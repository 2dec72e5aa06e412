import type { MapEntry } from '../source/source-node.ts';
import { type DecodeContext, keyStep, type Place, placeInside } from './decode-context.ts';

/**
 * YAML's later entry holds, and what the earlier one says counts for nothing. In a manifest or a realm that could be the rule that was
 * to deny; the API server takes no such manifest from `kubectl`.
 * @param typeName of the message that the entry is in
 */
export function reportDuplicate(
  { key, keyAt, earlier }: MapEntry,
  place: Place,
  context: DecodeContext,
  typeName: string,
): void {
  if (earlier === undefined) return;
  if (typeName.startsWith('jotgate.')) {
    context.report({
      code: 'keyMeantTwice',
      message: `\`${key}\` is already written at line ${earlier.line}`,
      hint: 'remove the one that is not meant',
      at: keyAt,
      path: placeInside(place, keyAt, keyStep(key)).path,
    });
    return;
  }
  context.report({
    code: 'duplicateKey',
    severity: 'warning',
    message: `\`${key}\` is already written at line ${earlier.line}; the later one holds`,
    envoy: 'accepts',
    at: keyAt,
    path: placeInside(place, keyAt, keyStep(key)).path,
  });
}

/** Two spellings of a field, or one name twice in JSON: Envoy merges them, in YAML in an order of its own. */
export function reportMeantTwice(
  earlier: MapEntry,
  entry: MapEntry,
  place: Place,
  context: DecodeContext,
): void {
  const spelling = earlier.key === entry.key ? '' : ` as \`${earlier.key}\``;
  context.report({
    code: 'keyMeantTwice',
    message: `\`${entry.key}\` is already written at line ${earlier.keyAt.line}${spelling}, and it is not sure which one holds`,
    hint: 'remove the one that is not meant',
    envoy: 'accepts',
    at: entry.keyAt,
    path: place.path,
  });
}

/** In JSON Envoy takes no name of a map twice. */
export function reportTwice(key: string, place: Place, context: DecodeContext): void {
  context.report({
    code: 'keyMeantTwice',
    message: `\`${key}\` is written twice`,
    hint: 'remove the one that is not meant',
    at: place.at,
    path: place.path,
  });
}

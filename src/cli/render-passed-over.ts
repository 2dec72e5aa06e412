import type { PassedOver } from '../control/istio/index.ts';

/** A line for each document that has no part in what is done; empty where all have. */
export function renderPassedOver(documents: readonly PassedOver[]): string {
  return documents
    .map(
      ({ kind, name, at }) =>
        `${at.file}:${at.line}: ${whatIs(kind, name)} has no part in this and is passed over\n`,
    )
    .join('');
}

/** What has no name may have a kind that is none. */
const whatIs = (kind: string, name: string) =>
  name === '' ? `an object of kind \`${kind}\` without a name` : `${kind} \`${name}\``;

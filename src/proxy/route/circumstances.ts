import type { FilterState, MetadataSource } from '../../core/match/index.ts';
import { type Chance, ReplayedChance } from '../chance.ts';

/** What has a say in the choice of a route besides the request's head. A stream is one. */
export interface Circumstances {
  /** What filters have left so far; null: nothing. */
  readonly metadataIfAny: MetadataSource | null;
  readonly filterStateIfAny?: FilterState | null;
  /** `peer`: the client has shown a certificate, which was verified. */
  readonly connection: { readonly peer?: object | null };
  readonly chance: Chance;
}

/** Of rules, which look at the head alone. */
export const NO_CIRCUMSTANCES: Circumstances = {
  metadataIfAny: null,
  connection: {},
  chance: new ReplayedChance({ randomValue: 0, draws: [] }),
};

import type { Clock, Logger } from '../base/index.ts';
import type { AssertionMemory } from './endpoints/assertion-memory.ts';
import type { KeyRing } from './keys/key-ring.ts';
import type { WorkQueue } from './passwords/work-queue.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import type { Realm } from './realm/realm.ts';
import type { IssuerStore } from './store/store.ts';

/** A realm at work: what the file says, and what it works with. */
export interface RealmRuntime {
  readonly realm: Realm;
  /** Never derived from a request. */
  readonly issuerUrl: string;
  readonly keys: KeyRing;
  readonly profile: Profile;
  readonly store: IssuerStore;
  readonly passwords: WorkQueue;
  readonly assertions: AssertionMemory;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

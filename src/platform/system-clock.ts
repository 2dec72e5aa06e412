import type { Clock } from '../base/index.ts';

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };

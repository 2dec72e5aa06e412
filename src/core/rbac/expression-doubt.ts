/** What the evaluation of an expression leaves beside its value. One expression is evaluated at a time. */
let hasDoubt = false;
let isGivenUp = false;

/** A fault came of something of which it is not sure that Envoy has a fault too. */
export function noteDoubt(): void {
  hasDoubt = true;
}

/** The whole expression is a fault, whatever the rest of it comes to (Envoy: an evaluation step that returns a status). */
export function giveUp(): void {
  isGivenUp = true;
}

export function forgetDoubts(): void {
  hasDoubt = false;
  isGivenUp = false;
}

export const hasDoubts = (): boolean => hasDoubt;

export const hasGivenUp = (): boolean => isGivenUp;

/** Lets the loop serve others; resolves in the next turn. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

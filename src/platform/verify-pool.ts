type Task = (done: (error: Error | null, holds: boolean) => void) => unknown;

export interface VerifyPoolLimits {
  /** Tasks on the thread pool at a time; the rest of the pool stays free for files and names. */
  readonly inFlightMax: number;
  /** Tasks that wait their turn; one more answers false. */
  readonly waitingMax: number;
}

/** A bounded queue in front of Node's thread pool. A task that fails or finds the queue full does not hold: it proves nothing. */
export class VerifyPool {
  readonly #limits: VerifyPoolLimits;
  readonly #waiting: (() => void)[] = [];
  #inFlight = 0;

  constructor(limits: VerifyPoolLimits) {
    this.#limits = limits;
  }

  run(task: Task): Promise<boolean> {
    if (this.#inFlight >= this.#limits.inFlightMax && this.#waiting.length >= this.#limits.waitingMax) {
      return Promise.resolve(false);
    }
    return new Promise((resolve) => {
      const start = () => this.#start(task, resolve);
      if (this.#inFlight < this.#limits.inFlightMax) start();
      else this.#waiting.push(start);
    });
  }

  #start(task: Task, resolve: (holds: boolean) => void): void {
    this.#inFlight++;
    task((error, holds) => {
      this.#inFlight--;
      this.#waiting.shift()?.();
      resolve(error === null && holds);
    });
  }
}

/** Runs costly work few at a time; what would have to wait too long is turned away at once. */
export class WorkQueue {
  readonly #runningMax: number;
  readonly #waitingMax: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /**
   * @param runningMax jobs at once.
   * @param waitingMax jobs that may wait beside them.
   */
  constructor(runningMax: number, waitingMax: number) {
    this.#runningMax = runningMax;
    this.#waitingMax = waitingMax;
  }

  /** @returns the job's result; null when the queue is full, and then the job never starts. */
  run<T>(job: () => Promise<T>): Promise<T> | null {
    if (this.#running < this.#runningMax) return this.#start(job);
    if (this.#waiting.length >= this.#waitingMax) return null;
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => this.#start(job).then(resolve, reject));
    });
  }

  async #start<T>(job: () => Promise<T>): Promise<T> {
    this.#running++;
    try {
      return await job();
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }
}

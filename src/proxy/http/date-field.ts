import type { Clock } from '../../base/index.ts';

/** The `date` field's line, made once a second and not once a reply. */
export class DateField {
  line = '';
  readonly #clock: Clock;
  #second = -1;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.refresh();
  }

  /** To be called at every tick of the data loop. */
  refresh(): void {
    const nowMs = this.#clock.now();
    const second = Math.floor(nowMs / 1000);
    if (second === this.#second) return;
    this.#second = second;
    this.line = `date: ${new Date(nowMs).toUTCString()}\r\n`;
  }
}

/** Hands frames on in their order, some of them later: a frame that waits holds up everything behind it. */
export interface DelayLineOptions {
  readonly nowMs: () => number;
  readonly after: (ms: number, action: () => void) => void;
  readonly deliver: (frame: string) => void;
}

export class DelayLine {
  readonly #options: DelayLineOptions;
  readonly #waiting: { readonly frame: string; readonly dueMs: number }[] = [];

  constructor(options: DelayLineOptions) {
    this.#options = options;
  }

  push(frame: string, delayMs: number): void {
    if (delayMs === 0 && this.#waiting.length === 0) {
      this.#options.deliver(frame);
      return;
    }
    const dueMs = Math.max(this.#options.nowMs() + delayMs, this.#waiting.at(-1)?.dueMs ?? 0);
    this.#waiting.push({ frame, dueMs });
    if (this.#waiting.length === 1) this.#wait();
  }

  #wait(): void {
    const first = this.#waiting[0];
    if (first === undefined) return;
    this.#options.after(Math.max(0, first.dueMs - this.#options.nowMs()), () => {
      const now = this.#options.nowMs();
      while (this.#waiting[0] !== undefined && this.#waiting[0].dueMs <= now) {
        const due = this.#waiting.shift();
        if (due !== undefined) this.#options.deliver(due.frame);
      }
      this.#wait();
    });
  }
}

/** What has come back and waits for the next commit: events, and what was found of fees. Not for long, and not much of it. */
import type { FeeCheck } from '../../core/money/fee-check.ts';
import type { EventRecorder, RecordedEvent } from './journal-events.ts';

const PENDING_MAX = 512;
const PENDING_MS = 1_000;

export class JournalPending {
  #events: RecordedEvent[] = [];
  #fees: FeeCheck[] = [];

  get isEmpty(): boolean {
    return this.#events.length + this.#fees.length === 0;
  }

  /** True: it is time to write. */
  addEvent(event: RecordedEvent): boolean {
    this.#events.push(event);
    return this.#isDue();
  }

  addFees(checks: readonly FeeCheck[]): void {
    this.#fees.push(...checks);
  }

  /** In the caller's transaction; kept until it is forgotten. */
  write(recorder: EventRecorder | undefined): void {
    for (const event of this.#events) recorder?.event(event);
    for (const check of this.#fees) recorder?.feeCheck(check);
  }

  forget(): void {
    this.#events = [];
    this.#fees = [];
  }

  /** There is much, or the oldest event is a second older than the newest. */
  #isDue(): boolean {
    const [oldest, newest] = [this.#events[0], this.#events.at(-1)];
    const waitedMs = oldest === undefined || newest === undefined ? 0 : newest.at - oldest.at;
    return this.#events.length >= PENDING_MAX || waitedMs >= PENDING_MS;
  }
}

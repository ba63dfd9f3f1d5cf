/** What a recorder's operator is told: here, and wherever alerts go. */
import type { OpenTape } from '../../adapters/store/tape-writer.ts';
import { Alerts } from '../../core/alerts/alerts.ts';
import type { Alert, Condition } from '../../core/alerts/condition.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { Recorder } from './recorder.ts';

export interface WatchOptions {
  readonly names: readonly string[];
  readonly onNote: (text: string) => void;
  readonly onAlerts: (alerts: readonly Alert[]) => void;
}

/** A link that comes back sooner is not worth waking anybody. */
const SILENT_MS = 60_000;
const LOST_LATELY_MS = 60_000;

/** Says once when the tape or the link is in trouble, here and to whoever is to be told, and once when that is over. */
export class RecordWatch {
  readonly #recorder: Pick<Recorder, 'silentSince'>;
  readonly #tape: Pick<OpenTape, 'failure' | 'dropped'>;
  readonly #options: WatchOptions;
  readonly #alerts = new Alerts();
  #dropped = 0;
  #lostAt: EpochMs | undefined;

  constructor(
    recorder: Pick<Recorder, 'silentSince'>,
    tape: Pick<OpenTape, 'failure' | 'dropped'>,
    options: WatchOptions,
  ) {
    this.#recorder = recorder;
    this.#tape = tape;
    this.#options = options;
  }

  tick(now: EpochMs): void {
    if (this.#tape.dropped > this.#dropped) this.#lostAt = now;
    this.#dropped = this.#tape.dropped;
    this.#tell(this.#conditions(now), now);
  }

  /** A recorder that was ended tells of no trouble any more, but of what it lost last. */
  end(now: EpochMs): void {
    this.tick(now);
    this.#tell([], now);
  }

  #tell(conditions: readonly Condition[], now: EpochMs): void {
    const { onNote, onAlerts } = this.#options;
    // People and their queue live in the wall's time, also beside an exchange whose time is its own.
    const alerts = this.#alerts.observe(conditions, now).map((alert) => ({ ...alert, at: epochMs(Date.now()) }));
    for (const { text, change } of alerts) onNote(change === 'cleared' ? `over: ${text}` : text);
    if (alerts.length > 0) onAlerts(alerts);
  }

  #conditions(now: EpochMs): readonly Condition[] {
    const { failure, dropped } = this.#tape;
    const what = `the recorder of ${this.#options.names.join(', ')}`;
    const conditions: Condition[] = [];
    if (failure !== undefined) {
      conditions.push({ key: 'record tape', priority: 'high', text: `${what} cannot write its tape: ${failure}` });
    }
    if (this.#lostAt !== undefined && now - this.#lostAt < LOST_LATELY_MS) {
      const text = `${what} has lost ${dropped} records so far; the tape says where: kmm record verify`;
      conditions.push({ key: 'record lost', priority: 'high', text });
    }
    if (this.#recorder.silentSince !== undefined) {
      const text = `${what} has had no link for a minute; the tape will say for how long`;
      conditions.push({ key: 'record feed', priority: 'high', text, afterMs: SILENT_MS });
    }
    return conditions;
  }
}

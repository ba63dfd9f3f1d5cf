/**
 * Whether the trader makes progress, for the supervisor, and which of its loops stands still when it does not. Progress is
 * the loops' own marks, not a heartbeat: a stuck loop in a process that still ticks is no life. Times are milliseconds of
 * a clock that never goes back.
 *
 * Without turns nothing is decided and no lease is renewed: that is a stall, and ends the trader. Any other loop of ours
 * that stands is said at once and ends it two minutes later. What the exchange alone can bring round never does.
 */
import type { LoopMark } from '../session/loops.ts';

/** No turn for so long is a stall (reliability.md section 5c). */
const STALL_MS = 20_000;
/** The start reads the account, cancels leftovers and lists markets: it is given longer. */
const START_MS = 60_000;
/** Cancelling is bounded by 10 s inside the trader; whatever turns it still makes, it must be gone by then. */
const STOP_MS = 25_000;
/** A loop is late when it has missed so many rounds, and no sooner than a stall. */
const ROUNDS_MISSED = 3;
/** For so long a late loop may still come round by itself. */
const LATE_MS = 120_000;
/** We look every second. A gap this long means that we were suspended ourselves and heard nothing. */
const ASLEEP_MS = 5_000;
const TURNS = { name: 'turns', everyMs: 1_000 };

export type Finding =
  /** End it. */
  | { readonly kind: 'stalled'; readonly text: string; readonly isSilent: boolean }
  /** Said once when it begins, and once when it is over. */
  | { readonly kind: 'late' | 'recovered'; readonly text: string };

export class Progress {
  #phase: 'starting' | 'running' | 'stopping' = 'starting';
  #turn = -1;
  /** When the phase began, or the last turn was made. */
  #at: number;
  /** When anything was last heard from it. */
  #heardAt: number;
  #lookedAt: number;
  #marks: readonly LoopMark[] = [];
  #late = new Set<string>();

  constructor(now: number) {
    this.#at = now;
    this.#heardAt = now;
    this.#lookedAt = now;
  }

  started(now: number): void {
    if (this.#phase === 'starting') this.#phase = 'running';
    this.#at = now;
    this.#heardAt = now;
  }

  /** From here on turns count no more, only the time. */
  stopping(now: number): void {
    if (this.#phase === 'stopping') return;
    this.#phase = 'stopping';
    this.#at = now;
  }

  /** It said how far it is. */
  heard(turn: number, marks: readonly LoopMark[], now: number): void {
    this.#heardAt = now;
    this.#marks = marks;
    if (turn === this.#turn || this.#phase === 'stopping') return;
    this.#turn = turn;
    this.#at = now;
  }

  /** Call about once a second. */
  look(now: number): readonly Finding[] {
    const wasAsleep = now - this.#lookedAt > ASLEEP_MS;
    this.#lookedAt = now;
    if (wasAsleep) {
      this.#at = now;
      this.#heardAt = now;
      this.#marks = [];
    }
    const stillMs = now - this.#at;
    if (stillMs >= LIMITS_MS[this.#phase]) return [this.#stalled(stillMs, now)];
    return this.#phase === 'running' ? this.#lateLoops(now) : [];
  }

  #stalled(stillMs: number, now: number): Finding {
    const isSilent = now - this.#heardAt >= STALL_MS;
    if (this.#phase === 'starting') return stalled(`it has not come up within ${seconds(stillMs)}`, isSilent);
    if (this.#phase === 'stopping') return stalled(`it has not come to its end within ${seconds(stillMs)}`, isSilent);
    if (isSilent)
      return stalled(`nothing has come from it for ${seconds(now - this.#heardAt)}: its event loop is blocked`, true);
    return stalled(standing(TURNS, stillMs), false);
  }

  #lateLoops(now: number): readonly Finding[] {
    const findings: Finding[] = [];
    for (const mark of this.#marks) {
      const sinceMs = mark.sinceMs + now - this.#heardAt;
      const limitMs = Math.max(STALL_MS, ROUNDS_MISSED * mark.everyMs);
      const wasLate = this.#late.has(mark.name);
      if (sinceMs < limitMs) {
        if (!wasLate) continue;
        this.#late.delete(mark.name);
        findings.push({ kind: 'recovered', text: `the loop \`${mark.name}\` comes round again` });
      } else if (mark.isOurs && sinceMs >= limitMs + LATE_MS) {
        return [stalled(standing(mark, sinceMs), false)];
      } else if (!wasLate) {
        this.#late.add(mark.name);
        findings.push({ kind: 'late', text: standing(mark, sinceMs) });
      }
    }
    return findings;
  }
}

const LIMITS_MS = { starting: START_MS, running: STALL_MS, stopping: STOP_MS } as const;

function stalled(text: string, isSilent: boolean): Finding {
  return { kind: 'stalled', text, isSilent };
}

function standing({ name, everyMs }: Pick<LoopMark, 'name' | 'everyMs'>, sinceMs: number): string {
  const every = everyMs < 1_000 ? `${everyMs} ms` : seconds(everyMs);
  return `the loop \`${name}\` has not come round for ${seconds(sinceMs)} (every ${every})`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}

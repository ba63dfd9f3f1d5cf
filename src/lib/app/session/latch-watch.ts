/**
 * Keeps the engine's halts and the journal's latches the same. What others write while we run (`kmm kill`, `kmm resume`)
 * is looked for 25 times a second, by a counter that costs microseconds; a halt of ours that only an operator may clear
 * is written down, so that it outlives the process. A journal in which no kill can be heard any more is itself a halt.
 *
 * An account-wide cancel goes on hitting what is placed after it (kalshi/api.md 3.1): nobody creates for 70 s from it.
 */

import type { JournalFile } from '../../adapters/store/journal.ts';
import type { EngineEvent } from '../../core/events.ts';
import { HALT_CLEARS, HALT_EVERYTHING, type Halt, type Halts } from '../../core/halts.ts';
import { epochMs } from '../../core/units.ts';
import type { Clock } from '../../ports.ts';
import type { Loops } from './loops.ts';

/** A gate is closed within 50 ms of a kill (reliability.md I5). */
const LOOK_MS = 40;
/** For so long nobody creates after a sweep (reliability.md 5, trap 5). Exchange time. */
const SWEEP_MS = 70_000;

export interface LatchWatchOptions {
  readonly journal: JournalFile;
  readonly clock: Clock;
  readonly loops: Loops;
  readonly halts: Halts;
  /** Of the exchange: sweeps of others do not concern us. */
  readonly address: string;
  /** What sweeps are dated by: their processes know no other time. */
  readonly wallNow: () => number;
  /** Exchange time per real time. */
  readonly speed: number;
  readonly emit: (event: EngineEvent) => void;
  readonly warn: (text: string) => void;
}

export class LatchWatch {
  readonly #options: LatchWatchOptions;
  #version: number | undefined;
  /** What is latched, as far as we know. */
  #latched = new Map<string, Halt>();
  #sweptAt: number | undefined;
  #stopTimer: () => void = () => {};

  constructor(options: LatchWatchOptions) {
    this.#options = options;
  }

  /** Tells the engine what earlier processes left latched, and goes on looking. */
  start(): void {
    this.#version = this.#options.journal.latchVersion();
    this.#compare();
    if (this.#latched.size > 0) this.#options.warn('what was latched before stays so until kmm resume');
    this.#stopTimer = this.#options.loops.every('halts', LOOK_MS, () => this.#look());
  }

  stop(): void {
    this.#stopTimer();
  }

  /** Of a session that has failed and makes no turn any more. */
  latch(halt: Halt): void {
    this.#options.emit({ type: 'halt_changed', at: halt.since, halt, isOn: true });
    this.#latched.set(keyOf(halt), halt);
    this.#written(this.#options.journal.setLatch(halt, 'the trader'));
  }

  /** Call after a turn: writes down what the engine raised or cleared by itself or by a key on the screen. */
  turned(): void {
    const { journal, halts, clock } = this.#options;
    const lasting = new Map(
      halts
        .all()
        .filter(isLasting)
        .map((halt) => [keyOf(halt), halt]),
    );
    for (const [key, halt] of lasting) {
      if (!this.#latched.has(key)) this.#written(journal.setLatch(halt, 'the trader'));
    }
    for (const [key, halt] of this.#latched) {
      if (!lasting.has(key)) this.#written(journal.clearLatch(halt.name, halt.scope, 'the trader', clock.now()));
    }
    this.#latched = lasting;
  }

  #look(): void {
    try {
      const version = this.#options.journal.latchVersion();
      if (version === this.#version) return;
      this.#version = version;
      this.#compare();
    } catch (error) {
      this.#deaf(error);
    }
  }

  #deaf(error: unknown): void {
    const { clock, emit } = this.#options;
    this.#stopTimer();
    const reason = `the journal cannot be read, so no kill would be heard: ${error instanceof Error ? error.message : String(error)}`;
    const at = clock.now();
    emit({
      type: 'halt_changed',
      at,
      halt: { name: 'JOURNAL', scope: HALT_EVERYTHING, since: at, reason },
      isOn: true,
    });
  }

  #compare(): void {
    const { journal, clock, emit } = this.#options;
    const latches = new Map(journal.latches().map(({ by: _by, ...halt }) => [keyOf(halt), halt]));
    const before = this.#latched;
    this.#latched = latches;
    const at = clock.now();
    for (const [key, halt] of latches) if (!before.has(key)) emit({ type: 'halt_changed', at, halt, isOn: true });
    for (const [key, halt] of before) if (!latches.has(key)) emit({ type: 'halt_changed', at, halt, isOn: false });
    this.#heedSweep();
  }

  #heedSweep(): void {
    const { journal, clock, emit, address, wallNow, speed } = this.#options;
    const sweptAt = journal.lastSweep(address);
    if (sweptAt === undefined || sweptAt === this.#sweptAt) return;
    this.#sweptAt = sweptAt;
    // One that seems to come from later comes from a clock that was set back since: then it may be new.
    const ago = Math.max(0, wallNow() - sweptAt) * speed;
    if (ago >= SWEEP_MS) return;
    const at = clock.now();
    const until = epochMs(Math.ceil(at + SWEEP_MS - ago));
    const reason = 'all orders of the account were cancelled at once, which goes on hitting new ones for a minute';
    emit({
      type: 'halt_changed',
      ...{ at, isOn: true, halt: { name: 'SWEPT', scope: HALT_EVERYTHING, since: at, reason, until } },
    });
  }

  #written(problem: { readonly message: string } | undefined): void {
    if (problem !== undefined) this.#options.warn(`a halt could not be written down: ${problem.message}`);
  }
}

function isLasting(halt: Halt): boolean {
  return HALT_CLEARS[halt.name] === 'operator';
}

function keyOf(halt: Halt): string {
  return `${halt.name} ${halt.scope}`;
}

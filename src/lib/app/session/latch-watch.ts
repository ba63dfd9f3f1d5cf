/**
 * Halts that others write into the journal while we run (`kmm kill`, `pause`, the watchdog): looked for ten times a
 * second, by a counter that costs microseconds. A kill closes the gate before the engine is told.
 */
import type { EngineEvent } from '../../core/events.ts';
import type { Halt } from '../../core/halts.ts';
import type { JournalFile } from '../../adapters/store/journal.ts';
import type { Clock } from '../../ports.ts';

const LOOK_MS = 100;

export class LatchWatch {
  readonly #journal: JournalFile;
  readonly #clock: Clock;
  readonly #emit: (event: EngineEvent) => void;
  readonly #closeGate: () => void;
  #version: number | undefined;
  #known = new Map<string, Halt>();
  #stopTimer: () => void = () => {};

  constructor(journal: JournalFile, clock: Clock, emit: (event: EngineEvent) => void, closeGate: () => void) {
    this.#journal = journal;
    this.#clock = clock;
    this.#emit = emit;
    this.#closeGate = closeGate;
  }

  start(): void {
    this.#known = this.#read();
    this.#version = this.#journal.latchVersion();
    this.#stopTimer = this.#clock.every(LOOK_MS, () => this.#look());
  }

  stop(): void {
    this.#stopTimer();
  }

  #look(): void {
    const version = this.#journal.latchVersion();
    if (version === this.#version) return;
    this.#version = version;
    const latches = this.#read();
    const at = this.#clock.now();
    for (const [key, halt] of latches) {
      if (this.#known.has(key)) continue;
      if (halt.name === 'KILLED') this.#closeGate();
      this.#emit({ type: 'halt_changed', at, halt, isOn: true });
    }
    for (const [key, halt] of this.#known) {
      if (!latches.has(key)) this.#emit({ type: 'halt_changed', at, halt, isOn: false });
    }
    this.#known = latches;
  }

  #read(): Map<string, Halt> {
    return new Map(this.#journal.latches().map(({ by: _by, ...halt }) => [`${halt.name} ${halt.scope}`, halt]));
  }
}

/**
 * Keeps the engine's halts and the journal's latches the same. What others write while we run (`kmm kill`, `kmm resume`)
 * is looked for 25 times a second, by a counter that costs microseconds; a halt of ours that only an operator may clear
 * is written down, so that it outlives the process. A journal in which no kill can be heard any more is itself a halt.
 * What a kill could not write to the journal it left in a file: it is taken into the journal and obeyed just the same. A
 * halt of ours that the journal does not take goes into such a file as well; with neither the session must not go on.
 *
 * A row STOPPING is `kmm stop` to a trader whose control socket does not answer (docs/adr/0017): it is taken away once it
 * has been heard, and what is left of one from before this process is not for it.
 *
 * An account-wide cancel goes on hitting what is placed after it (kalshi/api.md 3.1): nobody creates for 70 s from it.
 */

import { JournalFailure, type JournalFile } from '../../../adapters/store/journal.ts';
import type { LatchFile, LatchFiles } from '../../../adapters/store/latch-files.ts';
import type { StoreProblem } from '../../../adapters/store/problem.ts';
import type { EngineEvent } from '../../../core/events.ts';
import { clearsOf, HALT_EVERYTHING, type Halt, type Halts } from '../../../core/risk/halts.ts';
import { epochMs } from '../../../core/units.ts';
import type { Clock } from '../../../ports.ts';
import { kmmError } from '../../errors/errors.ts';
import type { Loops } from '../loops.ts';

/** A gate is closed within 50 ms of a kill (reliability.md I5). */
const LOOK_MS = 40;
const TAKE_IN_AGAIN_MS = 5_000;
/** For so long nobody creates after a sweep (reliability.md 5, trap 5). Exchange time. */
const SWEEP_MS = 70_000;
/** A request to stop that is older was meant for a process that is gone. Wall time. */
const STOP_MS = 60_000;

export interface LatchWatchOptions {
  readonly journal: JournalFile;
  /** Where a kill, and we, write what the journal does not take; absent where no other process can be. */
  readonly latchFiles?: LatchFiles;
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
  /** Asked to stop, through the database. */
  readonly onStop?: (by: string) => void;
}

export class LatchWatch {
  readonly #options: LatchWatchOptions;
  #version: number | undefined;
  /** What is latched, as far as we know. */
  #latched = new Map<string, Halt>();
  #sweptAt: number | undefined;
  /** Files that the journal does not hold yet. */
  #files: readonly LatchFile[] = [];
  /** Wall time at which they were last looked for: in virtual time that is seldom, and files come in real time. */
  #filesAt = 0;
  /** Not before this wall time is another tried to be taken in: a database that is locked must not hold up the loop. */
  #takeInAt = 0;
  #stopTimer: () => void = () => {};

  constructor(options: LatchWatchOptions) {
    this.#options = options;
  }

  /** Tells the engine what earlier processes left latched, and goes on looking. */
  start(): void {
    this.#version = this.#options.journal.latchVersion();
    const noReserve = this.#options.latchFiles?.reserve();
    if (noReserve !== undefined) this.#options.warn(noReserve.message);
    this.#dropOldStop();
    this.#findFiles();
    this.#compare();
    if (this.#latched.size > 0) this.#options.warn('what was latched before stays so until kmm resume');
    this.#stopTimer = this.#options.loops.every('halts', LOOK_MS, () => this.#look());
  }

  stop(): void {
    this.#stopTimer();
  }

  /**
   * The operator's word over the control socket: on disk, and obeyed at once. What cannot be written is obeyed none the
   * less, and KMM_JOURNAL thrown.
   */
  set(halt: Halt, by: string): void {
    const { clock, emit } = this.#options;
    const problem = this.#keep(halt, by);
    if (problem !== undefined) {
      emit({ type: 'halt_changed', at: clock.now(), halt, isOn: true });
      throw kmmError(problem);
    }
    this.#compare();
  }

  /** The same for a halt that is over. Throws KMM_JOURNAL, and then it stays on: a restart would find it again. */
  clear({ name, scope }: Pick<Halt, 'name' | 'scope'>, by: string): void {
    const { journal, clock } = this.#options;
    const problem = journal.clearLatch(name, scope, by, clock.now());
    if (problem !== undefined) throw kmmError(problem);
    this.#removeFiles({ name, scope });
    this.#compare();
  }

  /** Of a session that has failed and makes no turn any more. */
  latch(halt: Halt): void {
    this.#options.emit({ type: 'halt_changed', at: halt.since, halt, isOn: true });
    this.#latched.set(keyOf(halt), halt);
    this.#written(this.#keep(halt, 'the trader'));
  }

  /**
   * Call after a turn: writes down what the engine raised or cleared by itself or by a key on the screen. Throws
   * JournalFailure when a halt cannot be kept anywhere: the next process would trade where a person has to look first.
   */
  turned(): void {
    const { journal, halts, clock } = this.#options;
    const lasting = new Map(
      halts
        .all()
        .filter(isLasting)
        .map((halt) => [keyOf(halt), halt]),
    );
    for (const [key, halt] of lasting) {
      const problem = this.#latched.has(key) ? undefined : this.#keep(halt, 'the trader');
      if (problem !== undefined) throw new JournalFailure(problem.message);
    }
    for (const [key, halt] of this.#latched) {
      if (lasting.has(key)) continue;
      this.#written(journal.clearLatch(halt.name, halt.scope, 'the trader', clock.now()));
      this.#removeFiles(halt);
    }
    this.#latched = lasting;
  }

  /** In the journal, or else in a file beside it, which is taken in when the journal takes it. Problem: that of the journal. */
  #keep(halt: Halt, by: string): StoreProblem | undefined {
    const { journal, latchFiles, wallNow, warn } = this.#options;
    const problem = journal.setLatch(halt, by);
    if (problem === undefined || latchFiles === undefined) return problem;
    if (latchFiles.write({ kind: 'latch', halt, by }) !== undefined) return problem;
    warn(`a halt is kept in a file: ${problem.message}`);
    this.#files = latchFiles.all();
    this.#takeInAt = wallNow() + TAKE_IN_AGAIN_MS;
    return undefined;
  }

  #removeFiles(halt: Pick<Halt, 'name' | 'scope'>): void {
    const isIts = ({ note }: LatchFile) => note.kind === 'latch' && keyOf(note.halt) === keyOf(halt);
    for (const file of this.#files.filter(isIts)) this.#options.latchFiles?.remove(file);
    this.#files = this.#files.filter((file) => !isIts(file));
  }

  #look(): void {
    try {
      const version = this.#options.journal.latchVersion();
      const hasNews = this.#findFiles();
      if (version === this.#version && !hasNews) return;
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

  /** True when there is something to take in, or what could not be taken in has gone. */
  #findFiles(): boolean {
    const { latchFiles, wallNow } = this.#options;
    const now = wallNow();
    if (latchFiles === undefined || Math.abs(now - this.#filesAt) < LOOK_MS / 2) return false;
    this.#filesAt = now;
    const before = this.#files;
    this.#files = latchFiles.all();
    return this.#files.length !== before.length || (this.#files.length > 0 && now >= this.#takeInAt);
  }

  #takeIn(): void {
    const { journal, latchFiles, wallNow } = this.#options;
    if (wallNow() < this.#takeInAt) return;
    for (const file of this.#files) {
      const { note } = file;
      const problem =
        note.kind === 'latch'
          ? journal.setLatch(note.halt, note.by)
          : journal.recordSweep(note.address, note.by, note.at);
      this.#written(problem);
      if (problem !== undefined) {
        this.#takeInAt = wallNow() + TAKE_IN_AGAIN_MS;
        return;
      }
      latchFiles?.remove(file);
      this.#files = this.#files.filter((one) => one !== file);
    }
  }

  #compare(): void {
    const { journal, clock, emit } = this.#options;
    this.#takeIn();
    const rows = journal.latches();
    const noted = this.#files.flatMap(({ note }) => (note.kind === 'latch' ? [note.halt] : []));
    const latched = rows.map(({ by: _by, ...halt }) => halt);
    const latches = new Map<string, Halt>([...noted, ...latched].map((halt) => [keyOf(halt), halt]));
    const before = this.#latched;
    this.#latched = latches;
    const at = clock.now();
    for (const [key, halt] of latches) if (!before.has(key)) emit({ type: 'halt_changed', at, halt, isOn: true });
    for (const [key, halt] of before) if (!latches.has(key)) emit({ type: 'halt_changed', at, halt, isOn: false });
    this.#heedSweep();
    const stop = rows.find(({ name }) => name === 'STOPPING');
    if (stop !== undefined && !before.has(keyOf(stop))) this.#options.onStop?.(stop.by);
  }

  #dropOldStop(): void {
    const { journal, clock, wallNow } = this.#options;
    for (const { name, scope, since } of journal.latches()) {
      if (name !== 'STOPPING' || wallNow() - since < STOP_MS) continue;
      this.#written(journal.clearLatch(name, scope, 'the trader', clock.now()));
    }
  }

  #heedSweep(): void {
    const { journal, clock, emit, address, wallNow, speed } = this.#options;
    const noted = this.#files.flatMap(({ note }) =>
      note.kind === 'sweep' && note.address === address ? [note.at] : [],
    );
    const sweptAt = Math.max(journal.lastSweep(address) ?? 0, ...noted);
    if (sweptAt === 0 || sweptAt === this.#sweptAt) return;
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
  return clearsOf(halt) === 'operator';
}

function keyOf(halt: Pick<Halt, 'name' | 'scope'>): string {
  return `${halt.name} ${halt.scope}`;
}

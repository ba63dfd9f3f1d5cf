/** Ways out of positions through an engine: what one would do, begun, looked at, called off. The engine does the work. */
import type { JournalFile } from '../../adapters/store/journal.ts';
import type { Engine } from '../../core/engine.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { FlattenAsk, FlattenPreview, FlattenView } from '../../core/flatten/flatten-types.ts';
import type { HandRefusal } from '../../core/hand/hand-types.ts';
import type { Clock } from '../../ports.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import { wait } from '../session/orders/cancel-ours.ts';
import { refusalError } from './hand-errors.ts';

export interface FlattenWorkOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly journal: JournalFile;
  readonly emit: (event: EngineEvent) => void;
  /** Makes market and book known, and for real an order group. Rejects with a KmmError when that cannot be. */
  readonly prepare: (ticker: string, isForReal: boolean) => Promise<void>;
}

/** The turn that begins it comes in the next moment. */
const TURN_MS = 20;
const TURNS_MAX = 100;

export class FlattenWork {
  readonly #options: FlattenWorkOptions;

  constructor(options: FlattenWorkOptions) {
    this.#options = options;
  }

  /** Sends nothing. Throws what the engine refuses with, and what `prepare` rejects with. */
  async consider(ask: FlattenAsk): Promise<FlattenPreview> {
    const { engine, clock, prepare } = this.#options;
    await prepare(ask.ticker, false);
    const verdict = engine.flattens.consider(ask, clock.now());
    if (verdict.kind === 'refused') throw flattenError(verdict.refusal);
    return verdict.preview;
  }

  /** The same ask, told twice, is begun once. Throws as `consider` does, and KMM_JOURNAL. */
  async begin(ask: FlattenAsk, by: string): Promise<FlattenView> {
    const { engine, clock, prepare, emit } = this.#options;
    const known = this.look(ask.id);
    if (known !== undefined) return known;
    await prepare(ask.ticker, true);
    const verdict = engine.flattens.consider(ask, clock.now());
    if (verdict.kind === 'refused') throw flattenError(verdict.refusal);
    this.#note(by, JSON.stringify(ask));
    emit({ type: 'flatten_asked', at: clock.now(), ask, by });
    for (let turn = 0; turn < TURNS_MAX; turn += 1) {
      await wait(clock, TURN_MS);
      const begun = this.look(ask.id);
      if (begun !== undefined) return begun;
    }
    return this.#refused(ask);
  }

  look(id: string): FlattenView | undefined {
    return this.#options.engine.flattens.views().find((view) => view.id === id);
  }

  /** Ends what is under way in this market; what rests of it is cancelled. Throws KMM_NO_POSITION when nothing is. */
  callOff(ticker: string, by: string): FlattenView {
    const { engine, clock, emit } = this.#options;
    const view = engine.flattens.views().find((one) => one.ticker === ticker && one.phase !== 'over');
    if (view === undefined) throw new KmmError('KMM_NO_POSITION', `nothing is being flattened in ${ticker}`);
    const { id, costMax, isPaying, withinMs } = view;
    this.#note(by, `${ticker} off`);
    emit({ type: 'flatten_asked', at: clock.now(), ask: { id, ticker, costMax, isPaying, withinMs }, isOff: true, by });
    return view;
  }

  /** Between asking and the turn something came. */
  #refused(ask: FlattenAsk): never {
    const verdict = this.#options.engine.flattens.consider(ask, this.#options.clock.now());
    if (verdict.kind === 'refused') throw flattenError(verdict.refusal);
    throw new KmmError('KMM_ORDER_NOT_SENT', `no turn was made: the flatten of ${ask.ticker} has not begun`);
  }

  /** On disk before anything is sent. */
  #note(by: string, detail: string): void {
    const { journal, clock } = this.#options;
    const problem = journal.recordOperation({ at: clock.now(), by, verb: 'flatten', detail });
    if (problem !== undefined) throw kmmError(problem);
  }
}

/** Refused by our own rules: nothing was sent. */
export function flattenError(refusal: HandRefusal): KmmError {
  const { word, reason } = refusal;
  if (word === 'size') return new KmmError('KMM_NO_POSITION', reason);
  const error = refusalError(refusal);
  if (error.code !== 'KMM_HALTED') return error;
  // After a halt nothing is created, whoever wants it and whatever it would reduce (reliability.md I5).
  const byHand = 'or close the position on the web page: it is booked as EXTERNAL';
  return new KmmError('KMM_HALTED', reason, { position: error.position, next: [...error.next, 'kmm flatten', byHand] });
}

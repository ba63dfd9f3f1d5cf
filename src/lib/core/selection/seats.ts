/**
 * Who of the ranked markets is quoted: a number of seats, and who sits does so until another is clearly worth more for some
 * time. Without that, two markets of nearly one worth would take turns, and each turn costs the place in every queue.
 *
 * A market in which something is held never loses its seat: it is told to leave, shows only what takes the position down,
 * and goes when it is flat, or with its close.
 */
import { type EpochMs, epochMs } from '../units.ts';
import { type Bench, benchOf, type Heard, isBenched } from './bench.ts';
import type { RankedMarket, RefusalCode } from './types.ts';

export interface Seat {
  readonly ticker: string;
  readonly series: string;
  readonly closeAt: EpochMs;
  /** Since when another would be worth clearly more. */
  readonly worseSince?: EpochMs;
  readonly isLeaving: boolean;
}

export interface SeatRules {
  readonly seats: number;
  readonly seriesMarketsMax: number;
  /** For so long another must be worth more, */
  readonly stayMs: number;
  /** by this part of what the one that sits is worth. */
  readonly worsePart: number;
}

export interface SeatChange {
  readonly kind: 'taken' | 'left' | 'leaving' | 'stays' | 'heard' | 'unheard';
  readonly ticker: string;
  readonly why: string;
}

/** A market of this series has closed: its seat is kept for the next one, whose book may take a moment to fill. */
export interface Vacancy {
  readonly series: string;
  readonly until: EpochMs;
}

export interface Seating {
  readonly seats: readonly Seat[];
  readonly vacancies: readonly Vacancy[];
  /** Beside the seats: heard, and not quoted. */
  readonly heard: readonly Heard[];
  readonly changes: readonly SeatChange[];
}

/** What one look hands to the next. */
export type Seated = Omit<Seating, 'changes'>;

export const NOBODY: Seated = { seats: [], vacancies: [], heard: [] };

/** Whoever sits is not sent away because there are enough of its kind, nor because its close comes near. */
const NOT_FOR_THE_SEATED: ReadonlySet<RefusalCode> = new Set(['full', 'series_full', 'closes_soon', 'closes_late']);
const ONLY_ROOM: ReadonlySet<RefusalCode> = new Set(['full', 'series_full']);

/** @param ranked all that are listed, best first @param isHeld something of ours is held there */
export function seatMarkets(
  before: Seated,
  ranked: readonly RankedMarket[],
  isHeld: (ticker: string) => boolean,
  rules: SeatRules,
  now: EpochMs,
): Seating {
  return new SeatPlan(before, ranked, isHeld, rules, now).seated();
}

class SeatPlan {
  readonly #ranked: readonly RankedMarket[];
  readonly #isHeld: (ticker: string) => boolean;
  readonly #rules: SeatRules;
  readonly #now: EpochMs;
  readonly #byTicker: ReadonlyMap<string, RankedMarket>;
  readonly #heard: readonly Heard[];
  readonly #changes: SeatChange[] = [];
  #seats: Seat[];
  #vacancies: Vacancy[];

  constructor(
    before: Seated,
    ranked: readonly RankedMarket[],
    isHeld: (ticker: string) => boolean,
    rules: SeatRules,
    now: EpochMs,
  ) {
    this.#ranked = [...ranked].sort((a, b) => b.value - a.value);
    this.#isHeld = isHeld;
    this.#rules = rules;
    this.#now = now;
    this.#byTicker = new Map(ranked.map((one) => [one.candidate.market.ticker, one]));
    const until = epochMs(now + rules.stayMs);
    const ended = before.seats.filter(({ closeAt }) => closeAt <= now).map(({ series }) => ({ series, until }));
    this.#heard = before.heard;
    this.#seats = [...before.seats];
    this.#vacancies = [...before.vacancies.filter((one) => one.until > now), ...ended];
  }

  seated(): Seating {
    this.#letGo((seat) => (seat.closeAt <= this.#now ? 'it is closed' : undefined));
    this.#sendAway();
    this.#challenge();
    this.#seatHeld();
    this.#handOn();
    this.#fill();
    this.#makeRoom();
    const { heard, changes } = this.#listen();
    return { seats: this.#seats, vacancies: this.#vacancies, heard, changes: [...this.#changes, ...changes] };
  }

  /** Reasons that last end a seat at once. */
  #sendAway(): void {
    for (const seat of [...this.#seats]) {
      const lasting = this.#byTicker.get(seat.ticker)?.refusals.find(({ isLasting }) => isLasting);
      if (lasting !== undefined) this.#end(seat, lasting.text);
    }
  }

  /** The least worth against the best of those that stand, the next against the next. */
  #challenge(): void {
    const standing = this.#standing();
    const byWorth = [...this.#seats].sort((a, b) => this.#valueOf(a) - this.#valueOf(b));
    for (const seat of byWorth) {
      // What is not listed now is left alone: a listing may be late.
      if (!this.#byTicker.has(seat.ticker) || this.#isSentAway(seat)) continue;
      const refusal = this.#refusalOf(seat);
      const at = standing.findIndex((one) => this.#fitsInsteadOf(one, seat));
      const better = standing[at];
      const isWorse = better !== undefined && better.value > this.#valueOf(seat) * (1 + this.#rules.worsePart);
      if (refusal === undefined && !isWorse) {
        this.#stay(seat);
        continue;
      }
      if (isWorse) standing.splice(at, 1);
      const worseSince = seat.worseSince ?? this.#now;
      if (this.#now - worseSince < this.#rules.stayMs) {
        this.#replace(seat, { ...seat, worseSince });
        continue;
      }
      const minutes = Math.round((this.#now - worseSince) / 60_000);
      const than = refusal ?? `worth less than ${better?.candidate.market.ticker}`;
      const isGone = this.#end({ ...seat, worseSince }, `${than}, for ${minutes} min`);
      if (isGone && isWorse && better !== undefined) this.#take(better, `instead of ${seat.ticker}`);
    }
  }

  /** Of an earlier life, or bought by hand: whatever it is worth, somebody has to look after it. */
  #seatHeld(): void {
    for (const one of this.#ranked) {
      const { ticker } = one.candidate.market;
      if (!this.#isHeld(ticker) || this.#sits(ticker) || one.candidate.market.closeAt <= this.#now) continue;
      const isWelcome = one.refusals.every(({ code }) => ONLY_ROOM.has(code)) && this.#seats.length < this.#rules.seats;
      this.#take(one, 'something is held there', !isWelcome);
    }
  }

  /** The next of its series takes the seat of one that has closed. */
  #handOn(): void {
    this.#vacancies = this.#vacancies.filter(({ series }) => {
      if (this.#seats.length >= this.#rules.seats) return false;
      const next = this.#standing().find((one) => one.candidate.market.seriesTicker === series);
      // Of a series whose model is benched there is no next one to wait for.
      if (next === undefined) return !this.#isBenched(series);
      if (this.#hasRoom(series)) this.#take(next, 'next of its series');
      return false;
    });
  }

  #fill(): void {
    for (const one of this.#standing()) {
      if (this.#seats.length + this.#vacancies.length >= this.#rules.seats) return;
      if (this.#hasRoom(one.candidate.market.seriesTicker)) this.#take(one, 'a free seat');
    }
  }

  /** More sit than there are seats where held ones came on top: the flat one that is worth least makes room. */
  #makeRoom(): void {
    const flat = this.#seats
      .filter(({ ticker }) => !this.#isHeld(ticker))
      .sort((a, b) => this.#valueOf(a) - this.#valueOf(b));
    for (const seat of flat) if (this.#seats.length > this.#rules.seats) this.#end(seat, 'no seat is free');
  }

  #listen(): Bench {
    return benchOf(this.#heard, this.#ranked, this.#seats, this.#rules, this.#now);
  }

  /** Not seated, with nothing against them but room; the best first. */
  #standing(): RankedMarket[] {
    return this.#ranked.filter(
      ({ candidate, refusals }) =>
        !this.#sits(candidate.market.ticker) && refusals.every(({ code }) => ONLY_ROOM.has(code)),
    );
  }

  #fitsInsteadOf({ candidate }: RankedMarket, seat: Seat): boolean {
    const { seriesTicker } = candidate.market;
    return seriesTicker === seat.series || this.#hasRoom(seriesTicker);
  }

  #isBenched(series: string): boolean {
    return this.#ranked.some(
      ({ candidate, refusals }) => candidate.market.seriesTicker === series && refusals.some(isBenched),
    );
  }

  #hasRoom(series: string): boolean {
    return this.#seats.filter((seat) => seat.series === series).length < this.#rules.seriesMarketsMax;
  }

  #sits(ticker: string): boolean {
    return this.#seats.some((seat) => seat.ticker === ticker);
  }

  #valueOf({ ticker }: Seat): number {
    return this.#byTicker.get(ticker)?.value ?? 0;
  }

  #refusalOf({ ticker }: Seat): string | undefined {
    return this.#byTicker.get(ticker)?.refusals.find(({ code }) => !NOT_FOR_THE_SEATED.has(code))?.text;
  }

  #isSentAway({ ticker }: Seat): boolean {
    return this.#byTicker.get(ticker)?.refusals.some(({ isLasting }) => isLasting) === true;
  }

  #stay(seat: Seat): void {
    if (seat.worseSince === undefined && !seat.isLeaving) return;
    const { worseSince: _, ...rest } = seat;
    this.#replace(seat, { ...rest, isLeaving: false });
    if (seat.isLeaving) this.#changes.push({ kind: 'stays', ticker: seat.ticker, why: 'it is worth its seat again' });
  }

  #take({ candidate: { market } }: RankedMarket, why: string, isLeaving = false): void {
    const { ticker, seriesTicker: series, closeAt } = market;
    this.#seats.push({ ticker, series, closeAt, isLeaving });
    this.#changes.push({ kind: isLeaving ? 'leaving' : 'taken', ticker, why });
  }

  /** True when it is gone: with a position it only begins to leave. */
  #end(seat: Seat, why: string): boolean {
    const isHeld = this.#isHeld(seat.ticker);
    if (!isHeld) this.#letGo(({ ticker }) => (ticker === seat.ticker ? why : undefined));
    else {
      const known = this.#seats.find(({ ticker }) => ticker === seat.ticker);
      if (known?.isLeaving === false) this.#changes.push({ kind: 'leaving', ticker: seat.ticker, why });
      this.#replace(seat, { ...seat, isLeaving: true });
    }
    return !isHeld;
  }

  #letGo(reason: (seat: Seat) => string | undefined): void {
    this.#seats = this.#seats.filter((seat) => {
      const why = reason(seat);
      if (why !== undefined) this.#changes.push({ kind: 'left', ticker: seat.ticker, why });
      return why === undefined;
    });
  }

  #replace({ ticker }: Seat, by: Seat): void {
    this.#seats = this.#seats.map((seat) => (seat.ticker === ticker ? by : seat));
  }
}

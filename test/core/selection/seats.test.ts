/** Who is quoted, and for how long: seats are kept, handed on at a close, and never taken from what holds something. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankMarkets } from '../../../src/lib/core/selection/rank.ts';
import { type Seat, type Seating, type SeatRules, seatMarkets } from '../../../src/lib/core/selection/seats.ts';
import type { Candidate } from '../../../src/lib/core/selection/types.ts';
import { centicontracts, epochMs } from '../../../src/lib/core/units.ts';
import { candidate, HOUR_MS, NOW, RULES } from '../../support/candidates.ts';

const MINUTE_MS = 60_000;
const SEATS: SeatRules = { seats: 2, seriesMarketsMax: 2, stayMs: 10 * MINUTE_MS, worsePart: 0.25 };
const NOTHING = () => false;

const worth = (ticker: string, thousands: number, close = 5 * HOUR_MS): Candidate =>
  candidate(ticker, { volume: centicontracts(thousands * 100_000) }, { closeAt: epochMs(NOW + close) });

/** One look after another at these markets, so many minutes after NOW. */
function look(
  before: readonly Seat[] | Seating,
  minutes: number,
  markets: readonly Candidate[],
  isHeld = NOTHING as (ticker: string) => boolean,
  rules = SEATS,
): Seating {
  const now = epochMs(NOW + minutes * MINUTE_MS);
  const from = 'seats' in before ? before : { seats: before, vacancies: [], heard: [] };
  return seatMarkets(from, rankMarkets(markets, RULES, now), isHeld, rules, now);
}

const tickers = ({ seats }: Seating) => seats.map(({ ticker }) => ticker);
const A = worth('KXA-1', 30);
const B = worth('KXB-1', 20);

describe('a seat', () => {
  it('goes to the best', () => {
    const seating = look([], 0, [worth('KXC-1', 10), A, B]);
    expect(tickers(seating)).toEqual(['KXA-1', 'KXB-1']);
    expect(seating.changes.map(({ kind }) => kind)).toEqual(['taken', 'taken']);
  });

  it('is kept against one that is a little better, however long', () => {
    let { seats } = look([], 0, [A, B]);
    for (const minute of [1, 11, 30]) ({ seats } = look(seats, minute, [A, B, worth('KXC-1', 24)]));
    expect(seats.map(({ ticker }) => ticker)).toEqual(['KXA-1', 'KXB-1']);
  });

  it('is lost to one that is clearly better for ten minutes, not for nine', () => {
    const better = [A, B, worth('KXC-1', 40)];
    const first = look(look([], 0, [A, B]).seats, 1, better);
    const ninth = look(first.seats, 10, better);
    expect(tickers(ninth)).toEqual(['KXA-1', 'KXB-1']);
    const tenth = look(ninth.seats, 11, better);
    expect(tickers(tenth)).toEqual(['KXA-1', 'KXC-1']);
    expect(tenth.changes).toEqual([
      { kind: 'left', ticker: 'KXB-1', why: 'worth less than KXC-1, for 10 min' },
      { kind: 'taken', ticker: 'KXC-1', why: 'instead of KXB-1' },
    ]);
  });

  it('is safe again when the better one has gone in between', () => {
    const better = [A, B, worth('KXC-1', 40)];
    const first = look(look([], 0, [A, B]).seats, 1, better);
    const again = look(look(first.seats, 9, [A, B]).seats, 12, better);
    expect(tickers(again)).toEqual(['KXA-1', 'KXB-1']);
  });

  it('one better market threatens one seat, the one that is worth least', () => {
    const better = [A, B, worth('KXC-1', 90)];
    const first = look(look([], 0, [A, B]).seats, 1, better);
    expect(tickers(look(first.seats, 11, better))).toEqual(['KXA-1', 'KXC-1']);
  });

  it('is left after a while by what the filters refuse, even with nobody to follow', () => {
    const dry = [A, worth('KXB-1', 0.5)];
    const first = look(look([], 0, [A, B]).seats, 1, dry);
    expect(tickers(first)).toEqual(['KXA-1', 'KXB-1']);
    expect(tickers(look(first.seats, 11, dry))).toEqual(['KXA-1']);
  });

  it('is left at once where something lasting speaks against it', () => {
    const avoided = { ...B, category: 'Politics' };
    expect(tickers(look(look([], 0, [A, B]).seats, 1, [A, avoided]))).toEqual(['KXA-1']);
  });

  it('is kept to the close by a market whose close comes near', () => {
    const soon = worth('KXB-1', 20, 20 * MINUTE_MS + 31 * MINUTE_MS);
    let { seats } = look([], 0, [A, soon]);
    for (const minute of [25, 36, 47, 50]) ({ seats } = look(seats, minute, [A, soon]));
    expect(seats.map(({ ticker }) => ticker)).toEqual(['KXA-1', 'KXB-1']);
  });

  it('is handed on to the next of its series when a market closes', () => {
    const ending = worth('KXB-1', 20, 40 * MINUTE_MS);
    const { seats } = look([], 0, [A, ending]);
    const next = look(seats, 40, [A, worth('KXC-1', 29), worth('KXB-2', 5)]);
    expect(tickers(next)).toEqual(['KXA-1', 'KXB-2']);
    expect(next.changes).toEqual([
      { kind: 'left', ticker: 'KXB-1', why: 'it is closed' },
      { kind: 'taken', ticker: 'KXB-2', why: 'next of its series' },
    ]);
  });

  it('waits for the next of its series as long as another would have had to be better', () => {
    const ending = worth('KXB-1', 20, 40 * MINUTE_MS);
    const empty = { ...worth('KXB-2', 5), levels: { bids: [], asks: [] } };
    const others = [A, worth('KXC-1', 29)];
    const closed = look(look([], 0, [A, ending]), 40, [...others, empty]);
    expect(tickers(closed)).toEqual(['KXA-1']);
    expect(tickers(look(closed, 41, [...others, worth('KXB-2', 5)]))).toEqual(['KXA-1', 'KXB-2']);
    expect(tickers(look(closed, 49, [...others, empty]))).toEqual(['KXA-1']);
    expect(tickers(look(closed, 50, [...others, empty]))).toEqual(['KXA-1', 'KXC-1']);
  });

  it('is not lost by what a listing leaves out once', () => {
    expect(tickers(look(look([], 0, [A, B]).seats, 20, [A]))).toEqual(['KXA-1', 'KXB-1']);
  });
});

describe('a market whose model is not believed', () => {
  const benched = (one: Candidate): Candidate => ({ ...one, benched: 'average in KXA: it drifts' });
  const C = worth('KXC-1', 10);
  const bench = ({ heard }: Seating) => heard.map(({ ticker }) => ticker);

  it('gives its seat to the next best after ten minutes, however much it is worth, and is heard from then on', () => {
    const first = look(look([], 0, [A, B, C]), 1, [benched(A), B, C]);
    const ninth = look(first, 10, [benched(A), B, C]);
    expect([tickers(ninth), bench(ninth)]).toEqual([['KXA-1', 'KXB-1'], []]);
    const tenth = look(ninth, 11, [benched(A), B, C]);
    expect([tickers(tenth), bench(tenth)]).toEqual([['KXB-1', 'KXC-1'], ['KXA-1']]);
    expect(tenth.changes).toEqual([
      { kind: 'left', ticker: 'KXA-1', why: 'not believed, average in KXA: it drifts, for 10 min' },
      { kind: 'taken', ticker: 'KXC-1', why: 'a free seat' },
      { kind: 'heard', ticker: 'KXA-1', why: 'not believed, average in KXA: it drifts' },
    ]);
  });

  it('keeps its seat where it is believed again within that time', () => {
    const first = look(look([], 0, [A, B, C]), 1, [benched(A), B, C]);
    const again = look(look(first, 9, [A, B, C]), 12, [benched(A), B, C]);
    expect(tickers(again)).toEqual(['KXA-1', 'KXB-1']);
  });

  it('is worked off first where something is held', () => {
    const holdsA = (ticker: string) => ticker === 'KXA-1';
    const first = look(look([], 0, [A, B, C]), 1, [benched(A), B, C], holdsA);
    const due = look(first, 11, [benched(A), B, C], holdsA);
    expect(due.seats.map(({ ticker, isLeaving }) => [ticker, isLeaving])).toEqual([
      ['KXA-1', true],
      ['KXB-1', false],
    ]);
    expect(bench(due)).toEqual([]);
    const flat = look(due, 12, [benched(A), B, C]);
    expect([tickers(flat), bench(flat)]).toEqual([['KXB-1', 'KXC-1'], ['KXA-1']]);
  });

  it('is seated again by what it is worth when it is believed again', () => {
    const away = look(look([], 0, [benched(A), B, C]), 1, [benched(A), B, C]);
    expect([tickers(away), bench(away)]).toEqual([['KXB-1', 'KXC-1'], ['KXA-1']]);
    const believed = look(away, 2, [A, B, C]);
    expect([tickers(believed), bench(believed)]).toEqual([['KXB-1', 'KXC-1'], []]);
    expect(believed.changes).toEqual([{ kind: 'unheard', ticker: 'KXA-1', why: 'its model is believed again' }]);
    expect(tickers(look(believed, 12, [A, B, C]))).toEqual(['KXB-1', 'KXA-1']);
  });

  it('takes a free seat at once when it is believed again', () => {
    const away = look([], 0, [benched(A), B]);
    const believed = look(away, 2, [A, B]);
    expect([tickers(believed), bench(believed)]).toEqual([['KXB-1', 'KXA-1'], []]);
    expect(believed.changes.map(({ kind }) => kind)).toEqual(['taken']);
  });

  it('is followed by the next of its series when it closes, unquoted, and no seat waits for that one', () => {
    const ending = worth('KXA-1', 30, 5 * MINUTE_MS);
    const next = worth('KXA-2', 30);
    const first = look(look([], 0, [ending, B]), 1, [benched(ending), B]);
    const closed = look(first, 5, [benched(next), B, C]);
    expect([tickers(closed), bench(closed)]).toEqual([['KXB-1', 'KXC-1'], ['KXA-2']]);
    const last = { ...closed, heard: closed.heard.map((one) => ({ ...one, closeAt: epochMs(NOW + 6 * MINUTE_MS) })) };
    expect(bench(look(last, 6, [benched(worth('KXA-3', 1)), B, C]))).toEqual(['KXA-3']);
  });

  it('is one of its series that is heard, the same one to its close, in as many series as there are seats', () => {
    const many = ['KXA-1', 'KXA-2', 'KXD-1', 'KXE-1'].map((ticker, n) => benched(worth(ticker, 40 - n)));
    const first = look([], 0, [...many, B]);
    expect([tickers(first), bench(first)]).toEqual([['KXB-1'], ['KXA-1', 'KXD-1']]);
    const changed = look(first, 1, [...many.slice(2), benched(worth('KXA-1', 1)), benched(worth('KXA-2', 90)), B]);
    expect([bench(changed), changed.changes]).toEqual([['KXA-1', 'KXD-1'], []]);
  });

  it('is not heard where it may not be quoted for a reason that lasts', () => {
    const avoided = { ...benched(A), category: 'Politics' };
    const first = look([], 0, [benched(A), B]);
    const then = look(first, 1, [avoided, B]);
    expect([bench(first), bench(then)]).toEqual([['KXA-1'], []]);
    expect(bench(look([], 0, [avoided, B]))).toEqual([]);
  });
});

describe('a market in which something is held', () => {
  const better = [A, B, worth('KXC-1', 40)];
  const holdsB = (ticker: string) => ticker === 'KXB-1';

  it('is told to leave and keeps its seat until it is flat', () => {
    const first = look(look([], 0, [A, B]).seats, 1, better, holdsB);
    const due = look(first.seats, 11, better, holdsB);
    expect(due.seats.map(({ ticker, isLeaving }) => [ticker, isLeaving])).toEqual([
      ['KXA-1', false],
      ['KXB-1', true],
    ]);
    expect(due.changes.map(({ kind }) => kind)).toEqual(['leaving']);
    const flat = look(due.seats, 12, better);
    expect(tickers(flat)).toEqual(['KXA-1', 'KXC-1']);
  });

  it('stays after all when it is worth its seat again', () => {
    const first = look(look([], 0, [A, B]).seats, 1, better, holdsB);
    const due = look(first.seats, 11, better, holdsB);
    const again = look(due.seats, 12, [A, B], holdsB);
    expect(again.seats.map(({ isLeaving }) => isLeaving)).toEqual([false, false]);
    expect(again.changes.map(({ kind }) => kind)).toEqual(['stays']);
  });

  it('gets a seat when a new life finds it, on top of those there are', () => {
    const found = look([], 0, [A, B, { ...worth('KXC-1', 1), category: 'Politics' }], (ticker) => ticker === 'KXC-1');
    expect(found.seats.map(({ ticker, isLeaving }) => [ticker, isLeaving])).toEqual([
      ['KXC-1', true],
      ['KXA-1', false],
    ]);
  });

  it('is never dropped, and no series or number of seats is passed by anybody else', () => {
    const names = ['KXA-1', 'KXA-2', 'KXA-3', 'KXB-1', 'KXC-1'] as const;
    const looks = fc.array(
      fc.record({
        worth: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 5, maxLength: 5 }),
        held: fc.subarray<string>([...names]),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(looks, (steps) => {
        let seats: readonly Seat[] = [];
        let heldBefore: readonly string[] = [];
        for (const [n, step] of steps.entries()) {
          const markets = names.map((name, at) => worth(name, step.worth[at] ?? 0));
          // Only where we quote do we come to hold something.
          const held = step.held.filter(
            (ticker) => heldBefore.includes(ticker) || seats.some((seat) => seat.ticker === ticker),
          );
          const seating = look(seats, n * 4, markets, (ticker) => held.includes(ticker));
          seats = seating.seats;
          const seated = tickers(seating);
          expect(new Set(seated).size).toBe(seated.length);
          for (const ticker of held) expect(seated).toContain(ticker);
          expect(seats.filter(({ ticker }) => !held.includes(ticker)).length).toBeLessThanOrEqual(SEATS.seats);
          heldBefore = held;
        }
      }),
    );
  });
});

/** Markets that owe us a word: held and closed but not paid, disputed, or given another result. Pure. */
import type { RestMarket } from '../../adapters/kalshi/market-schema.ts';
import { type Ledger, lockedOf } from '../../core/money/ledger.ts';
import type { Centicents, Centicontracts, EpochMs, Microdollars } from '../../core/units.ts';
import { microdollars } from '../../core/units.ts';
import type { SettlementLine } from './settlement-lines.ts';
import { paysNow, type Survey } from './survey.ts';

export interface DueLine {
  readonly ticker: string;
  /** The market's own word; `not_listed`: the exchange lists no such market any more. */
  readonly status: RestMarket['status'] | 'not_listed';
  /** + YES. */
  readonly position: Centicontracts;
  /** Since when it is due: when trading ended. Absent: not known. */
  readonly since?: EpochMs;
  /** What one YES is going to pay, where a result is out; it may still be disputed. */
  readonly value?: Centicents;
  /** What would come to cash then, collateral included. */
  readonly expected?: Microdollars;
}

export interface ContestedLine {
  readonly ticker: string;
  /** `disputed`: the result stands in doubt. `amended`: another one is to be paid, or was. */
  readonly word: 'disputed' | 'amended';
  readonly status: RestMarket['status'] | 'not_listed';
  /** What was paid for one YES so far; absent: nothing. */
  readonly paidValue?: Centicents;
  /** What the exchange now says one YES pays. */
  readonly value?: Centicents;
}

/** By closing time, then by name. */
export function dueLines({ ledger, look, markets }: Survey, now: EpochMs): readonly DueLine[] {
  const tickers = new Set([...ledger.tickers(), ...look.exchange.positions.keys()]);
  return [...tickers]
    .flatMap((ticker): DueLine[] => {
      const position = positionIn(ticker, ledger, look.exchange.positions);
      const market = markets.get(ticker);
      if (position === 0) return [];
      if (market === undefined) return [{ ticker, status: 'not_listed', position }];
      const { status, closeAt } = market;
      if (status === 'initialized' || status === 'inactive') return [];
      if (status === 'active' && closeAt > now) return [];
      const value = paysNow(market);
      return [
        {
          ...{ ticker, status, position, since: closeAt },
          ...(value !== undefined && {
            value,
            expected: microdollars(value * position + lockedOf(position)),
          }),
        },
      ];
    })
    .toSorted((a, b) => (a.since ?? 0) - (b.since ?? 0) || (a.ticker < b.ticker ? -1 : 1));
}

/** Of markets that are held, and of those that settled in the period. */
export function contestedLines(
  { markets, ledger }: Survey,
  settled: readonly SettlementLine[],
): readonly ContestedLine[] {
  const amended = new Set(settled.filter(({ order }) => order === 'amended').map(({ ticker }) => ticker));
  const tickers = new Set([...amended, ...markets.keys()]);
  return [...tickers].toSorted().flatMap((ticker): ContestedLine[] => {
    const market = markets.get(ticker);
    const status = market?.status ?? 'not_listed';
    const isOpen = status === 'disputed' || status === 'amended';
    if (!isOpen && !amended.has(ticker)) return [];
    const paidValue = ledger.settledValue(ticker);
    const value = market === undefined ? undefined : paysNow(market);
    return [
      {
        ...{ ticker, status, word: status === 'disputed' ? 'disputed' : 'amended' },
        ...(paidValue !== undefined && { paidValue }),
        ...(value !== undefined && { value }),
      },
    ];
  });
}

function positionIn(ticker: string, ledger: Ledger, theirs: ReadonlyMap<string, Centicontracts>): Centicontracts {
  const { position } = ledger.holding(ticker);
  return position === 0 ? (theirs.get(ticker) ?? position) : position;
}

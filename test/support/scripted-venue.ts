/** A venue of one market whose facts and book a test dictates. It trades nothing; stories with trades use a real world. */
import { TAPERED_DECI_CENT } from '../../src/lib/core/grid.ts';
import type { Market } from '../../src/lib/core/market.ts';
import { centicents, centicontracts, type EpochMs, epochMs, microdollars } from '../../src/lib/core/units.ts';
import type { ListedLevel, Venue, VenueFact, VenueMarket, VenueRefusal } from '../../src/lib/sim/venue.ts';

export const STARTS_AT = epochMs(1_790_000_000_000);
export const TICKER = 'KXBTC15M-26SEP211115-15';

const MARKET: Market = {
  ticker: TICKER,
  eventTicker: 'KXBTC15M-26SEP211115',
  seriesTicker: 'KXBTC15M',
  shard: 2,
  status: 'active',
  openAt: STARTS_AT,
  closeAt: epochMs(STARTS_AT + 900_000),
  strike: { type: 'greater_or_equal', floor: 84_000.5 },
  title: 'Bitcoin up in 15 minutes',
  grid: TAPERED_DECI_CENT,
  fees: { type: 'quadratic', multiplier: { numerator: 1, denominator: 1 } },
  isMutuallyExclusive: false,
};

const LISTED: VenueMarket = {
  market: MARKET,
  stats: {
    lastPrice: centicents(5_200),
    lastSize: centicontracts(100),
    volume: centicontracts(2_500),
    openInterest: centicontracts(1_300),
    dollarVolume: microdollars(12_340_000),
  },
  settlementTimerSeconds: 60,
  createdAt: STARTS_AT,
  updatedAt: STARTS_AT,
};

const REFUSED: VenueRefusal = { kind: 'refused', status: 404, code: 'not_found', message: 'not found' };

export class ScriptedVenue implements Venue {
  now = STARTS_AT;
  bids: readonly ListedLevel[] = [level(4_700, 300), level(4_600, 1_000)];
  asks: readonly ListedLevel[] = [level(5_200, 150)];
  /** What happens by itself, in order of time. */
  readonly script: VenueFact[] = [];
  advances = 0;
  #facts: VenueFact[] = [];

  /** Something happens now. */
  tell(...facts: readonly VenueFact[]): void {
    this.#facts.push(...facts);
  }

  advanceTo(at: EpochMs): void {
    this.advances += 1;
    this.now = at;
    for (let fact = this.script[0]; fact !== undefined && fact.at <= at; fact = this.script[0]) {
      this.script.shift();
      this.#facts.push(fact);
    }
  }
  nextAt(): EpochMs | undefined {
    return this.script[0]?.at;
  }
  drain(): readonly VenueFact[] {
    const facts = this.#facts;
    this.#facts = [];
    return facts;
  }

  openAccount(): void {}
  create = () => REFUSED;
  cancel = () => REFUSED;
  cancelAll(): void {}
  amend = () => REFUSED;
  decrease = () => REFUSED;
  createGroup = () => REFUSED;
  changeGroup = () => REFUSED;
  groups = () => [];
  transfer = () => REFUSED;
  transfers = () => [];
  deposit = () => REFUSED;
  withdraw = () => REFUSED;
  deposits = () => [];
  withdrawals = () => [];
  seriesList = () => [];
  events = () => [];
  markets = () => [LISTED];
  market = (ticker: string) => (ticker === TICKER ? LISTED : undefined);
  book = (ticker: string) => (ticker === TICKER ? { bids: this.bids, asks: this.asks } : undefined);
  trades = () => [];
  candles = () => undefined;
  feeChanges = () => [];
  incentives = () => [];
  historyEndsAt = epochMs(STARTS_AT - 90 * 86_400_000);
  balance = () => [];
  positions = () => [];
  fills = () => [];
  settlements = () => [];
  settledPositions = () => [];
  orders = () => [];
  order = () => undefined;
  queueAhead = () => undefined;
  isTradingActive = () => true;
  isExchangeActive = () => true;
  resumesAt = () => undefined;
  maintenance = () => undefined;
  control = () => REFUSED;
}

export function level(price: number, size: number): ListedLevel {
  return { price: centicents(price), size: centicontracts(size) };
}

/** A change of one level of the market; centicents and signed centicontracts. */
export function levelFact(
  side: 'bid' | 'ask',
  price: number,
  delta: number,
  more: { readonly at?: number; readonly accountId?: string; readonly clientOrderId?: string } = {},
): VenueFact {
  const { at = STARTS_AT, ...owner } = more;
  return {
    type: 'level',
    at: epochMs(at),
    ticker: TICKER,
    side,
    price: centicents(price),
    delta: centicontracts(delta),
    ...owner,
  };
}

/**
 * The limits by the journal alone: its own fills, settlements and orders, as they were when somebody last wrote. What others did
 * on the account since is not in it, and an event's markets are netted only where the journal says that they exclude one
 * another.
 */
import { existsSync } from 'node:fs';
import { openJournal } from '../../adapters/store/journal.ts';
import type { OpenOrder } from '../../adapters/store/journal-queries.ts';
import { type MarketRow, MoneyRows } from '../../adapters/store/money-rows.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import type { FeeTerms } from '../../core/market.ts';
import { NO_OUTCOMES } from '../../core/risk/exposure.ts';
import type { BookEvent, BookMarket, BookOrder } from '../../core/risk/risk-book.ts';
import { type RiskView, riskViewFrom } from '../../core/risk/risk-view.ts';
import { epochMs, NO_SIZE, PRICE_ONE } from '../../core/units.ts';
import type { Configuration } from '../config/config.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import { accountOfLink } from '../exchange/account-name.ts';
import { latchesIn } from '../latch-places.ts';
import { ledgerOf } from '../session/account/open-ledger.ts';

/** The dearest that makers are charged: what a market's own terms are is not in the journal. */
const DEAREST: FeeTerms = { type: 'quadratic_with_maker_fees', multiplier: { numerator: 1, denominator: 1 } };

/** Throws KMM_DB_*, KMM_USAGE where there is no database. */
export function journalRisk(
  configuration: Configuration,
  notes: readonly string[],
): { readonly view: RiskView; readonly notes: readonly string[] } {
  const { env, home, key, subaccount } = configuration;
  if (!existsSync(home.database)) {
    const why = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
    throw new KmmError('KMM_USAGE', `nothing has run in ${env} yet: there is no database in ${home.directory}${why}`, {
      next: [`kmm run --env ${env}`],
    });
  }
  const journal = openJournal({ path: home.database, env, access: 'guest' });
  if (journal instanceof StoreProblem) throw kmmError(journal);
  try {
    const at = epochMs(Date.now());
    const session = journal.lastSession();
    const account = key === undefined ? session?.account : accountOfLink({ keyId: key.id, subaccount });
    const history = account === undefined ? undefined : journal.restore(account);
    const orders = account === undefined ? [] : journal.openOrders(at, account);
    const markets = marketRows(configuration);
    const { events, unknown } = eventsOf(history, orders, markets);
    const ledger = history === undefined ? undefined : ledgerOf(history);
    const view = riskViewFrom({
      ...{ at, events, halts: latchesIn(configuration), limits: configuration.parameters.risk },
      ...(ledger !== undefined && { cashByShard: ledger.cashByShard() }),
    });
    return { view, notes: [...notes, ...unknown.map(aloneText)] };
  } finally {
    journal.close();
  }
}

function aloneText(ticker: string): string {
  return `the journal does not know the event of ${ticker}: it stands as an event of its own`;
}

function marketRows({ env, home }: Configuration): ReadonlyMap<string, MarketRow> {
  const rows = MoneyRows.open(home.database, env);
  if (rows instanceof StoreProblem) throw kmmError(rows);
  try {
    return new Map(rows.markets().map((row) => [row.ticker, row]));
  } finally {
    rows.close();
  }
}

function eventsOf(
  history: Parameters<typeof ledgerOf>[0] | undefined,
  orders: readonly OpenOrder[],
  rows: ReadonlyMap<string, MarketRow>,
): { readonly events: readonly BookEvent[]; readonly unknown: readonly string[] } {
  const ledger = history === undefined ? undefined : ledgerOf(history);
  const tickers = new Set([...(ledger?.tickers() ?? []), ...orders.map(({ ticker }) => ticker)]);
  const byEvent = new Map<string, BookMarket[]>();
  for (const ticker of tickers) {
    if (ledger === undefined) continue;
    const row = rows.get(ticker);
    const own = orders.filter((order) => order.ticker === ticker).map(bookOrder);
    const holding = ledger.holding(ticker);
    const eventTicker = row?.eventTicker ?? ticker;
    const market: BookMarket = {
      ...{ ticker, eventTicker, seriesTicker: row?.seriesTicker ?? ticker, holding, orders: own, owing: [] },
      ...{ shard: ledger.shardOf(ticker) ?? 0, isMutuallyExclusive: row?.isExclusive === 1, fees: DEAREST },
      isAtStake: holding.position !== 0 || own.length > 0,
      ...(ledger.settledValue(ticker) === PRICE_ONE && { isYes: true }),
    };
    byEvent.set(eventTicker, [...(byEvent.get(eventTicker) ?? []), market]);
  }
  const events = [...byEvent]
    .filter(([, markets]) => markets.some(({ isAtStake }) => isAtStake))
    .map(([eventTicker, markets]) => ({ eventTicker, markets, past: NO_OUTCOMES }));
  const unknown = events.flatMap(({ markets }) => markets.map(({ ticker }) => ticker)).filter((one) => !rows.has(one));
  return { events, unknown };
}

/** One that was never answered may rest, or not. */
function bookOrder({ side, price, remaining, orderId }: OpenOrder): BookOrder {
  return {
    ...{ side, price, boldest: price, total: remaining, filledSeen: NO_SIZE, filledStated: NO_SIZE },
    state: orderId === undefined ? 'unknown' : 'working',
  };
}

/**
 * Where a probe places its contract: in a market that is open, far from its close, whose buyers stand far above the lowest
 * price, on a shard that trades and holds a little cash. Or in the one that was named, if that trades.
 */

import type { ListedMarket } from '../../adapters/kalshi/catalogue-schema.ts';
import type { KalshiRest } from '../../adapters/kalshi/rest.ts';
import type { KalshiCatalogue } from '../../adapters/kalshi/rest-catalogue.ts';
import { type PriceGrid, priceGrid, tickAbove } from '../../core/grid.ts';
import { type Centicents, centicents, type EpochMs, epochMs, ONE_CONTRACT } from '../../core/units.ts';
import { KmmError } from '../errors/errors.ts';
import { KNOWN_SHARDS } from '../exchange/link.ts';
import { unreachable } from '../exchange/unreachable.ts';
import { listMarkets } from '../markets/list-markets.ts';
import { explainUnknown } from '../markets/unknown-ticker.ts';

export interface ProbeMarket {
  readonly ticker: string;
  readonly shard: number;
  readonly grid: PriceGrid;
  /** The lowest price there is, and the next one, which the order is amended to. */
  readonly lowest: Centicents;
  readonly second: Centicents;
}

const CLOSE_MS_MIN = 15 * 60_000;
const CLOSE_MS_GOOD = 2 * 3_600_000;
const LISTED_MAX = 1_000;
/** Buyers from here on are far from the lowest price. */
const BID_GOOD = centicents(1_000);
const SHARDS_DEAD_END = 'every market that would do is on a shard without cash or in a pause';

/** Throws KMM_TICKER_UNKNOWN, KMM_TICKER_CLOSED, KMM_EXCHANGE_PAUSED, KMM_CASH_SHARD, KMM_UNREACHABLE, KMM_KEY_REFUSED. */
export async function probeMarket(
  sources: { readonly rest: KalshiRest; readonly catalogue: KalshiCatalogue },
  ticker: string | undefined,
  now: EpochMs,
): Promise<ProbeMarket> {
  const { rest, catalogue } = sources;
  const isTrading = await tradingShards(rest);
  if (ticker !== undefined) {
    const looked = await catalogue.market(ticker);
    if (!looked.ok) throw await explainUnknown(ticker, looked.error, catalogue);
    return named(looked.value, isTrading, now);
  }
  const { rows } = await listMarkets(catalogue, {
    ...{ status: 'open', sort: 'volume', rowsMax: LISTED_MAX },
    closesFrom: epochMs(now + CLOSE_MS_MIN),
  });
  const cash = await rest.balance(KNOWN_SHARDS);
  if (!cash.ok) throw unreachable('the balance cannot be read', cash.error);
  const canPay = new Set(cash.value.shards.filter((one) => one.cash >= 1_000_000).map(({ shard }) => shard));
  const fitting = rows.filter((market) => placeOf(market) !== undefined);
  const open = fitting.filter(({ shard = 0 }) => isTrading(shard) && canPay.has(shard));
  const [best] = [...open].sort((a, b) => rank(b, now) - rank(a, now));
  const place = best && placeOf(best);
  if (place !== undefined) return place;
  if (fitting.length > 0) throw new KmmError('KMM_CASH_SHARD', SHARDS_DEAD_END);
  throw new KmmError('KMM_TICKER_UNKNOWN', 'no market is open that a contract could safely rest in', {
    next: ['kmm markets list', 'kmm auth probe --ticker TICKER'],
  });
}

function named(market: ListedMarket, isTrading: (shard: number) => boolean, now: EpochMs): ProbeMarket {
  const { ticker, status, closeAt, shard = 0 } = market;
  if (status !== 'active' || closeAt <= now) {
    throw new KmmError('KMM_TICKER_CLOSED', `${ticker} is ${status === 'active' ? 'closed' : status}`, {
      next: ['kmm auth probe', 'kmm markets list'],
    });
  }
  if (closeAt - now < CLOSE_MS_MIN) {
    throw new KmmError('KMM_TICKER_CLOSED', `${ticker} closes in less than ${CLOSE_MS_MIN / 60_000} minutes`, {
      next: ['kmm auth probe', 'kmm markets list'],
    });
  }
  if (!isTrading(shard)) throw new KmmError('KMM_EXCHANGE_PAUSED', `shard ${shard} of ${ticker} does not trade now`);
  const place = placeOf(market);
  if (place !== undefined) return place;
  throw new KmmError('KMM_RISK_REFUSED', `an order of ${ticker} at the lowest price would not rest behind the others`, {
    position: 'nothing was sent; positions and resting orders are as they were',
    next: ['kmm auth probe', `kmm book ${ticker} --once`],
  });
}

/** Undefined where the two lowest prices would meet an offer. */
function placeOf({ ticker, shard = 0, ranges, ask }: ListedMarket): ProbeMarket | undefined {
  const grid = priceGrid(ranges);
  const second = grid && tickAbove(grid.first, grid);
  if (grid === undefined || second === undefined || (ask !== undefined && ask.price <= second)) return undefined;
  return { ticker, shard, grid, lowest: grid.first, second };
}

/** Two sides, buyers far above us, a distant close; among those the one that trades most comes first already. */
function rank({ bid, ask, closeAt }: ListedMarket, now: EpochMs): number {
  const isDeep = bid !== undefined && bid.price >= BID_GOOD && bid.size >= ONE_CONTRACT;
  return (isDeep ? 4 : 0) + (ask !== undefined ? 2 : 0) + (closeAt - now >= CLOSE_MS_GOOD ? 1 : 0);
}

async function tradingShards(rest: KalshiRest): Promise<(shard: number) => boolean> {
  const status = await rest.exchangeStatus();
  if (!status.ok) throw unreachable("the exchange's status cannot be read", status.error);
  const { shards, ...whole } = status.value;
  return (shard) => {
    const stated = shards.find((one) => one.shard === shard) ?? whole;
    return stated.isExchangeActive && stated.isTradingActive;
  };
}

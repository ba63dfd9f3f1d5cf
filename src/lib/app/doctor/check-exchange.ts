/** The exchange: does it trade, when does it stop, what will it charge, and does what we plan fit our tokens and our cash. */

import { cancelReserve, costOf, DEFAULT_COSTS } from '../../adapters/kalshi/endpoint-costs.ts';
import { REST_ROOT } from '../../adapters/kalshi/environments.ts';
import { BASIC_TIER } from '../../adapters/kalshi/rate-limit.ts';
import type { Parameters } from '../../core/parameters.ts';
import { type Microdollars, microdollars, moneyOf, PRICE_ONE } from '../../core/units.ts';
import { bad, type DoctorLine, doubtful, type ExchangeFacts, good, linesOf, type PlannedMarket } from './facts.ts';
import { nextStop } from './maintenance.ts';
import { ageWords, dollars, easternText } from './words.ts';

const SOON_MS = 30 * 60_000;
const WEEK_MS = 7 * 86_400_000;
/** Of the bucket, for renewing leases alone: the rest is for quoting. */
const SHARE_GOOD = 0.5;

export function checkStatus({ status }: ExchangeFacts, planned: readonly PlannedMarket[]): readonly DoctorLine[] {
  return linesOf('status', status, ({ shards, ...whole }) => {
    const used = new Set(planned.map(({ shard }) => shard));
    const stated = shards.length > 0 ? shards : [{ shard: 0, ...whole }];
    const stopped = stated.filter(({ isExchangeActive, isTradingActive }) => !isExchangeActive || !isTradingActive);
    if (stopped.length === 0) return [good('status', 'the exchange trades')];
    const until = whole.resumesAt === undefined ? '' : `, until about ${easternText(whole.resumesAt)}`;
    return stopped.map(({ shard }) => {
      const text = `shard ${shard} does not trade now${until}`;
      return used.size === 0 || used.has(shard)
        ? bad('status', text, 'wait for it, then kmm run')
        : doubtful('status', text);
    });
  });
}

export function checkHours({ schedule, now }: ExchangeFacts): readonly DoctorLine[] {
  return linesOf('maintenance', schedule, (hours) => {
    const stop = nextStop(hours, now);
    if (stop === undefined) return [good('maintenance', 'none within a week')];
    const span = `${easternText(stop.startsAt)} to ${easternText(stop.endsAt)}`;
    if (stop.startsAt <= now) return [doubtful('maintenance', `it runs now: ${span}`, 'wait for its end')];
    const text = `next ${span}, in ${ageWords(stop.startsAt - now)}`;
    return [
      stop.startsAt - now < SOON_MS ? doubtful('maintenance', text, 'wait for its end') : good('maintenance', text),
    ];
  });
}

export function checkFees({ feeChanges, now }: ExchangeFacts): readonly DoctorLine[] {
  return linesOf('fees', feeChanges, (changes) => {
    if (changes.length === 0) return [good('fees', 'no change is scheduled')];
    return changes.map(({ seriesTicker, feeType, feeMultiplier, at }) => {
      const text = `${seriesTicker} pays ${feeType} × ${feeMultiplier} from ${easternText(at)}`;
      return at - now < WEEK_MS ? doubtful('fees', text, `kmm markets show ${seriesTicker}`) : good('fees', text);
    });
  });
}

export function checkMarkets({ markets }: ExchangeFacts, names: readonly string[]): readonly DoctorLine[] {
  return linesOf('markets', markets, (planned) =>
    planned.length > 0
      ? [good('markets', `${planned.length} open markets of ${names.join(', ')}`)]
      : [doubtful('markets', `nothing is open of ${names.join(', ')}`, 'kmm markets list', 'kmm config show --origin')],
  );
}

/** Renewal is an amend at half the lease; what rests must always be payable to cancel (reliability.md 5). */
export function checkTokens(
  { limits, costs }: ExchangeFacts,
  planned: readonly PlannedMarket[],
  { quoting }: Parameters,
): readonly DoctorLine[] {
  return linesOf('tokens', limits, (told) => {
    const { write, tier } = told ?? BASIC_TIER;
    const prices = costs.isKnown ? costs.value : DEFAULT_COSTS;
    const amend = costOf(prices, { method: 'POST', path: `${ORDERS}/id/amend` });
    const create = costOf(prices, { method: 'POST', path: ORDERS });
    const known = told === undefined ? [doubtful('tokens', UNTOLD, 'kmm auth check')] : [];
    const lines = shardsOf(planned).map(([shard, markets]) => {
      const orders = 2 * markets;
      const perSecond = (orders * amend) / (quoting.leaseMs / 2_000);
      const reserve = cancelReserve(prices, { orders, groups: 1 });
      const need = `shard ${shard}: ${orders} quotes renewed every ${quoting.leaseMs / 2_000} s take ${perSecond.toFixed(1)} tokens/s`;
      const text = `${need} of ${write.refillPerSecond}, and keep back ${reserve} of ${write.capacity} for cancels (${tier})`;
      if (perSecond > write.refillPerSecond) return bad('tokens', `${text}: too many`, ...LESS);
      if (reserve + create > write.capacity) return bad('tokens', `${text}: no quote fits beside the reserve`, ...LESS);
      return perSecond > SHARE_GOOD * write.refillPerSecond ? doubtful('tokens', text, ...LESS) : good('tokens', text);
    });
    return [...known, ...lines];
  });
}

/** Collateral is checked inside the shard: a sum over shards buys nothing. */
export function checkCash(
  { balance }: ExchangeFacts,
  planned: readonly PlannedMarket[],
  { quoting, risk }: Parameters,
): readonly DoctorLine[] {
  return linesOf('cash', balance, ({ total, shards }) => {
    const one = moneyOf(PRICE_ONE, quoting.orderSize);
    const held = (shard: number) => shards.find((row) => row.shard === shard)?.cash ?? microdollars(0);
    const lines = shardsOf(planned).map(([shard, markets]) => {
      const text = `shard ${shard}: $${dollars(held(shard))} for ${markets} markets`;
      if (held(shard) >= one) return good('cash', text);
      const wanted = microdollars(one * 2 * markets - held(shard));
      return bad('cash', `${text}, and one order takes up to $${dollars(one)}`, ...moveTo(shard, wanted, shards));
    });
    const idle = shards.filter(({ shard, cash }) => cash > 0 && planned.every((market) => market.shard !== shard));
    if (planned.length > 0 && idle.length > 0) {
      const where = idle.map(({ shard, cash }) => `$${dollars(cash)} on shard ${shard}`).join(', ');
      lines.push(good('cash', `${where}, where nothing is quoted`));
    }
    const lost = risk.totalLoss;
    lines.push(
      lost > total
        ? doubtful(
            'limits',
            `risk.loss_total_dollars_max is $${dollars(lost)}, and the account holds $${dollars(total)}`,
            SHOW,
          )
        : good('limits', `at most $${dollars(lost)} may be lost of $${dollars(total)}`),
    );
    return lines;
  });
}

function moveTo(
  shard: number,
  wanted: Microdollars,
  shards: readonly { readonly shard: number; readonly cash: Microdollars }[],
): readonly string[] {
  const [richest] = [...shards].filter((row) => row.shard !== shard && row.cash > 0).sort((a, b) => b.cash - a.cash);
  if (richest === undefined) return ['pay in on the web page', 'kmm trade balance'];
  const amount = microdollars(Math.floor(Math.min(wanted, richest.cash / 2) / CENT) * CENT);
  return [`kmm trade transfer --from ${richest.shard} --to ${shard} ${dollars(amount)}`, 'kmm trade balance'];
}

/** Markets by shard, ascending. */
function shardsOf(planned: readonly PlannedMarket[]): readonly (readonly [shard: number, markets: number])[] {
  const counts = new Map<number, number>();
  for (const { shard } of planned) counts.set(shard, (counts.get(shard) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a - b);
}

const ORDERS = `${REST_ROOT}/portfolio/events/orders`;
const CENT = 10_000;
const SHOW = 'kmm config show --origin';
const LESS = ['lengthen quoting.lease_seconds', 'quote fewer markets', SHOW];
const UNTOLD = 'this key is not told its limits: those of the smallest tier are counted with';

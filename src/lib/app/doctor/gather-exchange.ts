/** What the exchange says, each question with a bound of its own: one that is not answered keeps no other from being asked. */

import type { AccountLimits } from '../../adapters/kalshi/rate-limit.ts';
import { KalshiApiKeys } from '../../adapters/kalshi/rest-api-keys.ts';
import { KalshiCatalogue } from '../../adapters/kalshi/rest-catalogue.ts';
import { type Result, sentenceOf } from '../../adapters/kalshi/result.ts';
import { Engine } from '../../core/engine.ts';
import type { EngineEvent } from '../../core/events.ts';
import { epochMs } from '../../core/units.ts';
import type { Configuration } from '../config/config.ts';
import type { EnvironmentName } from '../config/home.ts';
import { KNOWN_SHARDS } from '../exchange/link.ts';
import { readSimClock } from '../exchange/sim-clock.ts';
import { clockReport } from '../keys/check-key.ts';
import { type Reach, type ReachLink, reach } from '../run/reach.ts';
import { isNotTold } from '../session/account/account-terms.ts';
import { MarketFollower } from '../session/markets/market-follower.ts';
import type { ExchangeFacts, Fact, PlannedMarket } from './facts.ts';

/** Real time for one question. */
const ANSWER_MS = 8_000;
const FEES_MAX = 20;

/** `configuration` undefined: it is not in order, so nobody knows what is to be quoted. Throws KMM_KEY_*, KMM_UNREACHABLE. */
export async function exchangeFacts(
  env: EnvironmentName,
  link: ReachLink,
  name: string,
  configuration: Configuration | undefined,
): Promise<ExchangeFacts> {
  const exchange = reach(env, link);
  try {
    const { rest, wire, offset } = exchange;
    const now = env === 'sim' ? (await readSimClock(link.rest)).nowMs : epochMs(Date.now());
    const markets = configuration === undefined ? unplanned() : answeredBy(plannedMarkets(exchange, configuration));
    const [status, schedule, limits, costs, keys, balance, planned] = await Promise.all([
      answer(rest.exchangeStatus()),
      answer(rest.exchangeSchedule()),
      answer(limitsOrUntold(exchange)),
      answer(rest.endpointCosts()),
      answer(new KalshiApiKeys(wire).list()),
      answer(rest.balance(KNOWN_SHARDS)),
      markets,
    ]);
    const feeChanges = await answeredBy(changesOf(exchange, planned.isKnown ? planned.value : []));
    const clock = { isKnown: true, value: clockReport(env, offset) } as const;
    return {
      ...{
        name,
        host: new URL(link.rest).host,
        keyId: link.keyId,
        subaccount: link.subaccount,
        now,
        clock,
        status,
        schedule,
        limits,
      },
      ...{ costs, keys, balance, markets: planned, feeChanges },
    };
  } finally {
    exchange.close();
  }
}

async function limitsOrUntold({ rest }: Reach): Promise<Result<AccountLimits | undefined>> {
  const told = await rest.limits();
  return !told.ok && isNotTold(told.error) ? { ok: true, value: undefined } : told;
}

async function unplanned(): Promise<Fact<never>> {
  return { isKnown: false, reason: 'the configuration does not say what to quote' };
}

/** The open markets of the configured names, as a trader would find them. Rejects with the reason. */
async function plannedMarkets(
  { rest, clock }: Reach,
  { markets: names, parameters }: Configuration,
): Promise<readonly PlannedMarket[]> {
  const engine = new Engine({ idPrefix: 'doctor', parameters });
  let tickers: readonly string[] = [];
  const follower = new MarketFollower({
    ...{ names, rest, clock, warn: () => {} },
    emit: (event: EngineEvent) => void engine.apply(event),
    want: (wanted) => {
      tickers = wanted;
    },
  });
  try {
    const unknown = await follower.start();
    if (unknown !== undefined) throw new Error(`${unknown.unknown} was ${sentenceOf(unknown.error)}`);
    return tickers.flatMap((ticker) => {
      const market = engine.market(ticker)?.market;
      return market === undefined ? [] : [{ ticker, series: market.seriesTicker, shard: market.shard }];
    });
  } finally {
    follower.stop();
  }
}

async function changesOf({ wire }: Reach, planned: readonly PlannedMarket[]) {
  const catalogue = new KalshiCatalogue(wire);
  const series = [...new Set(planned.map((market) => market.series))].slice(0, FEES_MAX);
  const listed = await Promise.all(series.map((ticker) => catalogue.seriesFeeChanges(ticker)));
  return listed.flatMap((one) => {
    if (!one.ok) throw new Error(sentenceOf(one.error));
    return one.value;
  });
}

async function answer<Value>(asked: Promise<Result<Value>>): Promise<Fact<Value>> {
  const fact = await answeredBy(asked);
  if (!fact.isKnown) return fact;
  const { value: result } = fact;
  return result.ok ? { isKnown: true, value: result.value } : { isKnown: false, reason: sentenceOf(result.error) };
}

/** Within the bound, or it counts as not answered. */
export async function answeredBy<Value>(asked: Promise<Value>, boundMs = ANSWER_MS): Promise<Fact<Value>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Fact<Value>>((resolve) => {
    timer = setTimeout(() => resolve({ isKnown: false, reason: `no answer within ${boundMs / 1_000} s` }), boundMs);
  });
  const answered = asked.then(
    (value): Fact<Value> => ({ isKnown: true, value }),
    (error: unknown): Fact<Value> => ({
      isKnown: false,
      reason: error instanceof Error ? error.message : String(error),
    }),
  );
  try {
    return await Promise.race([answered, late]);
  } finally {
    clearTimeout(timer);
  }
}

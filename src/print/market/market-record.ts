/** Markets, events and series as `--json` prints them (docs/json.md): exact decimals, ISO times, null for what is not known. */
import { spreadOf } from '../../lib/app/markets/list-markets.ts';
import type { ListedMarket, Sheet } from '../../lib/app/markets/show-market.ts';
import type { Level } from '../../lib/core/events.ts';
import {
  type Centicents,
  type Centicontracts,
  formatMoney,
  formatPrice,
  formatSize,
  type Microdollars,
} from '../../lib/core/units.ts';

export function marketRecord(market: ListedMarket) {
  const { bid, ask, lastPrice, volume24h, openInterest } = market;
  return {
    ticker: market.ticker,
    eventTicker: market.eventTicker,
    title: market.title ?? null,
    subtitle: market.subtitle ?? null,
    status: market.status,
    openAt: isoTime(market.openAt),
    closeAt: isoTime(market.closeAt),
    bid: levelRecord(bid),
    ask: levelRecord(ask),
    spread: priceOrNull(spreadOf(market)),
    lastPrice: priceOrNull(lastPrice),
    volume: formatSize(market.volume),
    volume24h: sizeOrNull(volume24h),
    openInterest: sizeOrNull(openInterest),
    result: market.result ?? null,
  };
}

export function sheetRecord(sheet: Sheet) {
  const beside = besideRecord(sheet);
  switch (sheet.kind) {
    case 'series':
      return {
        ...{ type: 'series', ...seriesRecord(sheet.series), ...beside },
        ...{ openMarkets: sheet.markets.map(marketRecord), isCut: sheet.isCut },
      };
    case 'event':
      return {
        ...{ type: 'event', ...eventRecord(sheet.event), series: seriesRecord(sheet.series), ...beside },
        markets: sheet.event.markets.map(marketRecord),
      };
    case 'market':
      return { type: 'market', ...marketRecord(sheet.listed), ...moreOf(sheet), ...beside };
    default:
      return sheet satisfies never;
  }
}

function moreOf({ listed, market, event, series, feeExamples }: Extract<Sheet, { kind: 'market' }>) {
  const { type, multiplier, waivedUntil } = market.fees;
  return {
    shard: market.shard,
    strike: { ...market.strike, functional: listed.functionalStrike, custom: listed.customStrike },
    priceRanges: listed.ranges.map(({ start, end, step }) => ({
      ...{ start: formatPrice(start), end: formatPrice(end), step: formatPrice(step) },
    })),
    fees: {
      ...{ type, multiplier: multiplier.numerator / multiplier.denominator, waivedUntil: timeOrNull(waivedUntil) },
      examples: feeExamples.map(({ contracts, price, takerFee, makerFee }) => ({
        ...{ contracts, price: formatPrice(price), taker: moneyOrNull(takerFee), maker: moneyOrNull(makerFee) },
      })),
    },
    expectedSettlementAt: timeOrNull(listed.expectedSettlementAt),
    latestSettlementAt: timeOrNull(listed.latestSettlementAt),
    settlementTimerSeconds: listed.settlementTimerSeconds ?? null,
    settlementValue: priceOrNull(listed.settlementValue),
    mayCloseEarly: listed.mayCloseEarly ?? null,
    rules: listed.rules,
    rulesHash: listed.rulesHash,
    event: eventRecord(event),
    series: seriesRecord(series),
  };
}

function eventRecord(event: Extract<Sheet, { kind: 'event' }>['event']) {
  const { ticker, seriesTicker, title, subtitle, isMutuallyExclusive, sources } = event;
  return { ticker, seriesTicker, title, subtitle: subtitle ?? null, isMutuallyExclusive, sources };
}

function seriesRecord(series: Sheet['series']) {
  const { ticker, title, category, frequency, tags, feeType, feeMultiplier, shard, sources, termsUrl } = series;
  return {
    ...{ ticker, title, category: category ?? null, frequency: frequency ?? null, tags, feeType, feeMultiplier },
    ...{ shard: shard ?? null, sources, termsUrl: termsUrl ?? null },
  };
}

function besideRecord({ beside }: Sheet) {
  return {
    feeChanges: beside.feeChanges.map(({ at, feeType, feeMultiplier, ...names }) => ({
      ...{
        at: isoTime(at),
        feeType: feeType ?? null,
        feeMultiplier: feeMultiplier ?? null,
        seriesTicker: names.seriesTicker,
      },
      eventTicker: 'eventTicker' in names ? names.eventTicker : null,
    })),
    incentives: beside.incentives.map((one) => ({
      ...{ id: one.id, ticker: one.ticker, kind: one.type, description: one.description },
      ...{ startsAt: isoTime(one.startsAt), endsAt: isoTime(one.endsAt), reward: moneyOrNull(one.reward) },
      ...{ targetSize: sizeOrNull(one.targetSize), discountBasisPoints: one.discountBasisPoints ?? null },
    })),
    missing: beside.missing,
  };
}

export function levelRecord(level: Level | undefined) {
  return level === undefined ? null : { price: formatPrice(level.price), size: formatSize(level.size) };
}

export function isoTime(at: number): string {
  return new Date(at).toISOString();
}

export function priceOrNull(price: Centicents | undefined): string | null {
  return price === undefined ? null : formatPrice(price);
}

function timeOrNull(at: number | undefined): string | null {
  return at === undefined ? null : isoTime(at);
}

function sizeOrNull(size: Centicontracts | undefined): string | null {
  return size === undefined ? null : formatSize(size);
}

function moneyOrNull(money: Microdollars | undefined): string | null {
  return money === undefined ? null : formatMoney(money);
}

/** What `kmm markets show` prints for people: facts by name, then the rules, broken to the width of the terminal. */
import {
  amountText,
  contractsText,
  countdownText,
  dateTimeText,
  type Glyphs,
  localTimeText,
  priceText,
  type Zone,
} from '../../format.ts';
import { spreadOf } from '../../lib/app/markets/list-markets.ts';
import type { Beside, ListedMarket, ListedSeries, MarketSheet, Sheet } from '../../lib/app/markets/show-market.ts';
import type { EpochMs } from '../../lib/core/units.ts';
import { asciiText, brokenText } from '../../text-width.ts';
import { type TextLayout, textTable } from '../text-table.ts';
import { marketColumns, titleOf } from './market-columns.ts';
import { feeText, feeWords, gridWords, statusWords, strikeWords } from './market-words.ts';

export interface SheetOptions {
  readonly now: EpochMs;
  readonly zone: Zone;
  readonly layout: TextLayout;
}

/** A name and what there is to say; several paragraphs follow one another. */
type Fact = readonly [name: string, ...paragraphs: string[]];

const NAME_WIDTH = 12;
const TEXT_WIDTH_MIN = 30;
const TEXT_WIDTH_MAX = 110;

export function sheetLines(sheet: Sheet, options: SheetOptions): readonly string[] {
  const { layout } = options;
  const shown = (text: string) => (layout.isAscii ? asciiText(text) : text);
  switch (sheet.kind) {
    case 'market': {
      const { ticker } = sheet.listed;
      return [`${ticker}  ${titleOf(sheet.listed)}`, ...factLines(marketFacts(sheet, options), layout)].map(shown);
    }
    case 'event': {
      const { event } = sheet;
      const facts: Fact[] = [
        ['series', `${sheet.series.ticker}  ${sheet.series.title}`],
        ['pays', event.isMutuallyExclusive ? 'one of its markets at most' : 'each market by itself'],
        ['settled by', ...sourcesOf(event.sources)],
        ...besideFacts(sheet.beside, options),
      ];
      return [`${event.ticker}  ${event.title}`, ...factLines(facts, layout)]
        .map(shown)
        .concat(marketsTable(event.markets, options));
    }
    case 'series': {
      const facts = [...seriesFacts(sheet.series), ...besideFacts(sheet.beside, options)];
      const rows = marketsTable(sheet.markets, options);
      return [`${sheet.series.ticker}  ${sheet.series.title}`, ...factLines(facts, layout)].map(shown).concat(rows);
    }
    default:
      return sheet satisfies never;
  }
}

function marketFacts(sheet: MarketSheet, options: SheetOptions): readonly Fact[] {
  const { listed, market, event, series } = sheet;
  const { now, layout } = options;
  const { signs } = layout;
  const time = (at: EpochMs | undefined) => timesText(at, options);
  const { waivedUntil } = market.fees;
  const strike = strikeWords(listed.strike, {
    ...(listed.functionalStrike !== undefined && { functional: listed.functionalStrike }),
    ...(listed.customStrike !== undefined && { custom: listed.customStrike }),
  });
  return [
    ['event', `${event.ticker}  ${event.title}`],
    ['series', `${series.ticker}  ${series.title}`],
    ['status', statusWords(market.status, market.openAt, market.closeAt, now)],
    ['opens', time(market.openAt)],
    ['closes', time(market.closeAt), ...earlyOf(listed)],
    ['settles', ...settlementOf(sheet, options)],
    ['strike', strike === undefined ? 'none is stated' : `YES if ${strike}`],
    ['prices', gridWords(listed.ranges, signs)],
    [
      'fees',
      feeWords(market.fees),
      ...(waivedUntil === undefined ? [] : [`none before ${time(waivedUntil)}`]),
      ...examplesOf(sheet, signs),
    ],
    ['shard', String(market.shard)],
    ['book', ...bookOf(listed, signs)],
    [
      'traded',
      `${contractsText(listed.volume, signs)} contracts, ${contractsText(listed.volume24h, signs)} in 24 h; ` +
        `open interest ${contractsText(listed.openInterest, signs)}`,
    ],
    ...besideFacts(sheet.beside, options),
    ['settled by', ...sourcesOf(event.sources.length > 0 ? event.sources : series.sources)],
    ['rules', ...(listed.rules.length === 0 ? ['none are stated'] : listed.rules)],
    ['rules hash', listed.rulesHash],
  ];
}

function settlementOf({ listed, market }: MarketSheet, options: SheetOptions): readonly string[] {
  const { expectedSettlementAt, latestSettlementAt, settlementTimerSeconds, settledAt, settlementValue } = listed;
  const value =
    settlementValue === undefined
      ? ''
      : `, ${priceText(settlementValue, options.layout.signs)} ${options.layout.signs.cent} a YES contract`;
  if (listed.result !== undefined) {
    const on = listed.settledOn === undefined ? '' : ` on ${listed.settledOn}`;
    return [
      `result ${listed.result}${on}${value}`,
      ...(settledAt === undefined ? [] : [timesText(settledAt, options)]),
    ];
  }
  const timer =
    settlementTimerSeconds === undefined ? [] : [`paid ${settlementTimerSeconds} s after the result is known`];
  const latest =
    latestSettlementAt === undefined || latestSettlementAt === market.closeAt
      ? []
      : [`at the latest ${timesText(latestSettlementAt, options)}`];
  return [`expected ${timesText(expectedSettlementAt, options)}`, ...timer, ...latest];
}

function earlyOf({ mayCloseEarly, earlyCloseCondition }: ListedMarket): readonly string[] {
  if (mayCloseEarly !== true) return [];
  return [earlyCloseCondition ?? 'may close early'];
}

function examplesOf({ feeExamples }: MarketSheet, signs: Glyphs): readonly string[] {
  return feeExamples.map(({ contracts, price, takerFee, makerFee }) => {
    const what = `${contracts} contract${contracts === 1 ? '' : 's'} at ${priceText(price, signs)} ${signs.cent}`;
    return `${what}: taker ${feeText(takerFee, signs)}, maker ${feeText(makerFee, signs)}`;
  });
}

function bookOf(listed: ListedMarket, signs: Glyphs): readonly string[] {
  const { bid, ask, lastPrice } = listed;
  const side = (level: typeof bid) =>
    level === undefined
      ? signs.dash
      : `${priceText(level.price, signs)} ${signs.cent} x ${contractsText(level.size, signs)}`;
  const spread = priceText(spreadOf(listed), signs);
  return [`bid ${side(bid)}, ask ${side(ask)}, spread ${spread}, last ${priceText(lastPrice, signs)} (cents of YES)`];
}

function seriesFacts(series: ListedSeries): readonly Fact[] {
  const { category, tags, frequency, feeType, feeMultiplier, shard, sources, termsUrl } = series;
  const multiplier = { numerator: Math.round(feeMultiplier * 1e6), denominator: 1e6 };
  return [
    ['category', [category ?? 'none', ...tags].join(', ')],
    ['frequency', frequency ?? 'not stated'],
    ['fees', feeWords({ type: feeType, multiplier })],
    ['shard', shard === undefined ? 'not stated' : String(shard)],
    ['settled by', ...sourcesOf(sources)],
    ...(termsUrl === undefined ? [] : [['terms', termsUrl] as const]),
  ];
}

function besideFacts({ feeChanges, incentives, missing }: Beside, options: SheetOptions): readonly Fact[] {
  const changes = feeChanges.map(
    (one) =>
      `${timesText(one.at, options)}: ${one.feeType ?? "the series' own fees"} ${one.feeMultiplier === undefined ? '' : `x ${one.feeMultiplier}`}`,
  );
  const programmes = incentives.map(
    (one) =>
      `${one.ticker}: ${one.type}, ${one.description === '' ? '' : `${one.description}, `}` +
      `${one.reward === undefined ? 'reward not stated' : `$${amountText(one.reward)} a period`}, until ${timesText(one.endsAt, options)}`,
  );
  return [
    ['fee changes', ...(changes.length === 0 ? ['none scheduled'] : changes)],
    ['incentives', ...(programmes.length === 0 ? ['none'] : programmes)],
    ...(missing.length === 0 ? [] : [['not known', ...missing] as const]),
  ];
}

function marketsTable(markets: readonly ListedMarket[], { now, layout }: SheetOptions): readonly string[] {
  if (markets.length === 0) return ['no market is open'];
  return textTable(marketColumns(layout.signs, now), markets, layout);
}

function sourcesOf(sources: ListedSeries['sources']): string[] {
  if (sources.length === 0) return ['not stated'];
  return sources.map((source) => ('url' in source ? `${source.name}  ${source.url}` : source.name));
}

/** Eastern time, the user's own, and how far away it is. */
function timesText(at: EpochMs | undefined, { now, zone, layout }: SheetOptions): string {
  if (at === undefined) return layout.signs.dash;
  const local = zone === 'UTC' ? undefined : localTimeText(at);
  return `${dateTimeText(at, zone)}${local === undefined ? '' : ` (${local})`}, ${countdownText(at, now)}`;
}

function factLines(facts: readonly Fact[], { width }: TextLayout): readonly string[] {
  const textWidthMax = Math.min(TEXT_WIDTH_MAX, Math.max(TEXT_WIDTH_MIN, width - NAME_WIDTH - 4));
  return facts.flatMap(([name, ...paragraphs]) =>
    paragraphs
      .flatMap((paragraph) => brokenText(paragraph, textWidthMax))
      .map((line, index) => `  ${(index === 0 ? name : '').padEnd(NAME_WIDTH)}  ${line}`.trimEnd()),
  );
}

/** What `kmm arb scan` found, as text and as `--json`. */
import {
  ageText,
  amountText,
  contractsText,
  dateTimeText,
  dollarsText,
  type Glyphs,
  isoText,
  priceText,
  type Zone,
} from '../../format.ts';
import type { ArbScan } from '../../lib/app/arb/scan.ts';
import type { ArbKind, ArbLeg, FamilyFound, Opportunity } from '../../lib/core/arb/opportunities.ts';
import { formatMoney, formatPrice, formatSize } from '../../lib/core/units.ts';
import { type TextColumn, type TextLayout, textTable } from '../text-table.ts';

const WORDS: Readonly<Record<ArbKind, string>> = {
  round_trip: 'YES and NO of one market cost less than a dollar',
  complete_set: 'one of these must pay, and together they cost less than a dollar',
  over_full: 'one of these pays at most, and together they are bid above a dollar',
  threshold: 'what lies within another is dearer than it',
  combination: 'together these pay more than they cost, whatever comes',
};

export function arbLines(scan: ArbScan, layout: TextLayout, zone: Zone): readonly string[] {
  const found = scan.families.flatMap(({ opportunities }) => opportunities);
  const looked = `${counted(scan.markets, 'market')} on ${counted(scan.families.length, 'figure or event', 'figures or events')}, oldest book ${ageText(scan.oldestMs)}`;
  if (found.length === 0) return [`no sure profit after fees: ${looked}`, ...nearestLines(scan, layout, zone)];
  return [
    `${counted(found.length, 'sure profit')} after fees: ${looked}`,
    ...found.flatMap((one) => ['', ...opportunityLines(one, layout)]),
  ];
}

function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}

function opportunityLines(one: Opportunity, layout: TextLayout): readonly string[] {
  const { kind, size, cost, fees, pays, profit, worstPartial, legs } = one;
  return [
    `${dollarsText(profit)}  ${WORDS[kind]}`,
    `  ${contractsText(size, layout.signs)} of each: cost ${amountText(cost)}, fees ${amountText(fees)}, pays at least ${amountText(pays)}; at worst ${amountText(worstPartial)} lost if only some trade`,
    ...textTable(legColumns(layout.signs), legs, layout).map((line) => `  ${line}`),
  ];
}

function legColumns(signs: Glyphs): readonly TextColumn<ArbLeg>[] {
  const right = { align: 'right' } as const;
  return [
    { title: 'BUY', align: 'left', leaves: 0, cell: ({ outcome }) => outcome.toUpperCase() },
    { title: 'TICKER', align: 'left', leaves: 0, shrinks: { good: 30, least: 16 }, cell: ({ ticker }) => ticker },
    { title: 'SIZE', ...right, leaves: 0, cell: ({ size }) => contractsText(size, signs) },
    { title: `UP TO ${signs.cent}`, ...right, leaves: 0, cell: ({ priceMax }) => priceText(priceMax, signs) },
    { title: 'COST', ...right, leaves: 1, cell: ({ cost }) => amountText(cost) },
    { title: 'FEE', ...right, leaves: 2, cell: ({ fee }) => formatMoney(fee) },
  ];
}

/** How far from it the books are: a dollar must cost more than it brings. */
function nearestLines({ families }: ArbScan, layout: TextLayout, zone: Zone): readonly string[] {
  const several = families.filter(({ dollarCosts, dollarBrings }) => dollarCosts !== null || dollarBrings !== null);
  if (several.length === 0) return [];
  const cents = (dollars: number | null) => (dollars === null ? layout.signs.dash : (dollars * 100).toFixed(2));
  const columns: readonly TextColumn<FamilyFound>[] = [
    {
      title: 'FIGURE OR EVENT',
      align: 'left',
      leaves: 0,
      shrinks: { good: 40, least: 16 },
      cell: ({ figure }) => figure,
    },
    {
      title: 'AT',
      align: 'left',
      leaves: 2,
      cell: ({ closeAt }) => (closeAt === null ? '' : dateTimeText(closeAt, zone)),
    },
    { title: 'MARKETS', align: 'right', leaves: 1, cell: ({ tickers }) => String(tickers.length) },
    { title: `$1 COSTS ${layout.signs.cent}`, align: 'right', leaves: 0, cell: (one) => cents(one.dollarCosts) },
    { title: `BRINGS ${layout.signs.cent}`, align: 'right', leaves: 0, cell: (one) => cents(one.dollarBrings) },
  ];
  return ['', ...textTable(columns, several, layout)];
}

export function leftOutText({ leftOut }: ArbScan): string {
  return `left out, as their books did not come: ${leftOut.join(', ')}`;
}

export function arbRecord({ at, oldestMs, leftOut, families }: ArbScan) {
  return {
    at: isoText(at),
    oldestMs,
    leftOut,
    families: families.map(({ figure, closeAt, tickers, dollarCosts, dollarBrings, opportunities }) => ({
      ...{ figure, closeAt: closeAt === null ? null : isoText(closeAt), tickers, dollarCosts, dollarBrings },
      opportunities: opportunities.map(opportunityRecord),
    })),
  };
}

function opportunityRecord({ kind, size, cost, fees, pays, profit, worstPartial, legs }: Opportunity) {
  return {
    ...{ kind, size: formatSize(size), cost: formatMoney(cost), fees: formatMoney(fees), pays: formatMoney(pays) },
    ...{ profit: formatMoney(profit), worstPartial: formatMoney(worstPartial) },
    legs: legs.map((leg) => ({
      ...{ ticker: leg.ticker, outcome: leg.outcome, size: formatSize(leg.size), priceMax: formatPrice(leg.priceMax) },
      ...{ cost: formatMoney(leg.cost), fee: formatMoney(leg.fee) },
    })),
  };
}

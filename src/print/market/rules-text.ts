/** The rules of markets: what kmm reads in them, their digests, and what they were. */
import { dateTimeText, type Glyphs, isoText, type Zone } from '../../format.ts';
import type { MarketRules } from '../../lib/app/markets/market-rules.ts';
import { asciiText, brokenText } from '../../text-width.ts';
import type { TextColumn, TextLayout } from '../text-table.ts';

const TEXT_WIDTH_MAX = 110;
const INDENT = 12;

export interface RulesRow {
  readonly ticker: string;
  readonly rules: string | null;
  readonly strike: string;
  readonly reads: string | null;
  readonly at: string;
  readonly note: string;
}

export function rulesColumns({ dash }: Glyphs): readonly TextColumn<RulesRow>[] {
  return [
    { title: 'TICKER', align: 'left', leaves: 0, shrinks: { good: 30, least: 16 }, cell: ({ ticker }) => ticker },
    {
      ...{ title: 'SETTLES ON', align: 'left', leaves: 0, shrinks: { good: 30, least: 14 } },
      cell: ({ reads }) => reads ?? '! not understood',
    },
    { title: 'STRIKE', align: 'left', leaves: 2, cell: ({ strike }) => strike },
    { title: 'DIGEST', align: 'left', leaves: 1, cell: ({ rules }) => rules ?? dash },
    { title: 'SEEN', align: 'left', leaves: 3, cell: ({ at }) => at },
    { title: 'CHANGE', align: 'left', leaves: 0, cell: ({ note }) => note },
  ];
}

export function rulesRow(one: MarketRules, zone: Zone, { dash }: Glyphs): RulesRow {
  const { ticker, rules, strike, reads, seen } = one;
  const first = seen[0];
  return {
    ticker,
    rules,
    strike,
    reads,
    at: first === undefined ? dash : dateTimeText(first.seenAt, zone),
    note: changeText(one, zone),
  };
}

/** One market with its text and every version of it. */
export function rulesLines(one: MarketRules, zone: Zone, { width, signs, isAscii }: TextLayout): readonly string[] {
  const { ticker, rules, strike, reads, text, seen } = one;
  const fact = (name: string, value: string) => `  ${name.padEnd(INDENT - 2)}${value}`;
  const broken = text.flatMap((part) => brokenText(part, Math.min(TEXT_WIDTH_MAX, width - INDENT)));
  const lines = [
    ticker,
    fact('settles on', reads ?? '! not understood: there is no fair value for it, and --auto leaves it out'),
    fact('strike', strike),
    fact('digest', rules ?? signs.dash),
    fact('change', changeText(one, zone) || (seen.length === 0 ? 'no session has seen it yet' : 'none')),
    ...seen.map((row) =>
      fact(
        'seen',
        `${dateTimeText(row.seenAt, zone)}  ${row.rules ?? signs.dash}  ${row.strike}  ${row.reads ?? '! not understood'}`,
      ),
    ),
    ...broken.map((line, index) => fact(index === 0 ? 'text' : '', line)),
  ];
  return lines.map((line) => (isAscii ? asciiText(line) : line));
}

export function rulesRecord(one: MarketRules) {
  const { ticker, closeAt, rules, strike, reads, text, seen, isChanged, changedAt } = one;
  return {
    ...{ ticker, closeAt: isoText(closeAt), rules, strike, reads, isChanged },
    ...{ changedAt: changedAt === undefined ? null : isoText(changedAt), text },
    seen: seen.map(({ seenAt, rules: digest, strike: was, reads: read }) => ({
      ...{ at: isoText(seenAt), rules: digest, strike: was, reads: read },
    })),
  };
}

function changeText({ isChanged, changedAt, seen }: MarketRules, zone: Zone): string {
  const last = seen.at(-1);
  if (last === undefined) return '';
  if (isChanged) return `! not as last seen ${dateTimeText(last.seenAt, zone)}`;
  return changedAt === undefined ? '' : `! changed ${dateTimeText(changedAt, zone)}`;
}

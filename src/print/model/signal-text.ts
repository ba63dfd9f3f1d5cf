/** What signals say of books, and what their calls were worth, as text. */
import type { Glyphs } from '../../format.ts';
import { type MarketSignals, SIGNAL_NAMES } from '../../lib/app/signals/list-signals.ts';
import type { SignalTested } from '../../lib/app/signals/test-signal.ts';
import { BOOK_SIGNALS, type SignalName } from '../../lib/core/book/book-signals.ts';
import type { SignalTest } from '../../lib/core/book/signal-score.ts';
import { type TextColumn, type TextLayout, textTable } from '../text-table.ts';
import { paragraph } from './model-figures.ts';

interface Known {
  readonly name: SignalName;
}

export function kindLines(layout: TextLayout): readonly string[] {
  const columns: readonly TextColumn<Known>[] = [
    { title: 'SIGNAL', align: 'left', leaves: 0, cell: ({ name }) => name },
    { title: 'CALLS UP FROM', align: 'right', leaves: 0, cell: ({ name }) => String(BOOK_SIGNALS[name].threshold) },
    {
      ...{ title: 'DOWN TO', align: 'right', leaves: 1 },
      cell: ({ name }) => {
        const { neutral, threshold } = BOOK_SIGNALS[name];
        return String(Number((2 * neutral - threshold).toFixed(6)));
      },
    },
  ];
  const rows = SIGNAL_NAMES.map((name) => ({ name }));
  const meanings = SIGNAL_NAMES.flatMap((name) => paragraph(`${name}: ${BOOK_SIGNALS[name].means}`, layout.width));
  return [...textTable(columns, rows, layout), '', ...meanings];
}

export function signalColumns(signs: Glyphs): readonly TextColumn<MarketSignals>[] {
  const of = (name: SignalName): TextColumn<MarketSignals> => ({
    ...{ title: name.toUpperCase().replace('_', ' '), align: 'right', leaves: 0 },
    cell: ({ values, calls }) => {
      const value = values[name];
      return value === null ? signs.dash : `${value.toFixed(2)}${['  down', '', '  up'][calls[name] + 1] ?? ''}`;
    },
  });
  return [
    { title: 'TICKER', align: 'left', leaves: 0, shrinks: { good: 30, least: 16 }, cell: ({ ticker }) => ticker },
    ...SIGNAL_NAMES.map(of),
    {
      title: `BY HAND ${signs.cent}`,
      align: 'right',
      leaves: 1,
      cell: ({ externalSkewCents }) => String(externalSkewCents),
    },
  ];
}

export function signalTestLines(score: SignalTested, test: SignalTest, { width }: TextLayout): readonly string[] {
  const { markets, recorded, samples, up, down, right, unmoved, moveCents, halfSpreadCents, isVerdict } = score;
  const seconds = (ms: number) => `${ms / 1_000} s`;
  const lines = [
    `${test.name} from ${test.threshold} on, looked at every ${seconds(test.stepMs)}, held against the mid ${seconds(test.horizonMs)} later: ${samples} looks in ${recorded} markets, ${up} calls up and ${down} down in ${markets}.`,
  ];
  if (right !== null)
    lines.push(`Moved as called: ${share(right)} of the calls after which it moved; ${unmoved} saw no move.`);
  if (moveCents !== null) {
    const { value, low, high } = moveCents;
    lines.push(
      `Move in the direction of the call: ${value.toFixed(3)} ¢ ${spanned(low, high, 3)} a call; crossing costs ${(halfSpreadCents ?? 0).toFixed(3)} ¢ before fees.`,
    );
  }
  lines.push(
    up + down === 0
      ? 'It called nothing.'
      : isVerdict
        ? 'Intervals are 95 %; a market is one observation.'
        : `Intervals are 95 %; a market is one observation, and ${markets} are too few for a verdict (30).`,
  );
  return lines.flatMap((line) => paragraph(line, width));
}

function share({ value, low, high }: NonNullable<SignalTested['right']>): string {
  return `${(100 * value).toFixed(1)} % ${spanned(low === null ? null : 100 * low, high === null ? null : 100 * high, 1)}`;
}

function spanned(low: number | null, high: number | null, decimals: number): string {
  return low === null || high === null ? '[no interval]' : `[${low.toFixed(decimals)}, ${high.toFixed(decimals)}]`;
}

/** How variants stand against each other, on paper: a line a minute, and the last word. */
import { dollarsText, percentText } from '../../format.ts';
import type { ShadowEnd, ShadowMinute } from '../../lib/app/shadow/shadow-live.ts';
import type { VariantGlance } from '../../lib/app/shadow/shadow-runs.ts';
import { type Comparison, compared, incomparable } from '../../lib/core/backtest/comparison.ts';
import type { BacktestResult } from '../../lib/core/backtest/result.ts';
import { EVENTS_MIN } from '../../lib/core/promotion/gates.ts';
import { formatMoney, type Microdollars, microdollars } from '../../lib/core/units.ts';
import { counted } from '../report/report-document.ts';

export function minuteText({ at, startedAt, markets, frames, variants }: ShadowMinute): string {
  const minutes = Math.round((at - startedAt) / 60_000);
  const each = variants.map((one) => `${one.name} ${money(one.gained)} (${glanceText(one)})`);
  return `shadow ${minutes} min: ${counted(markets, 'market')}, ${frames} frames; ${each.join('; ')}`;
}

export function minuteRecord({ at, startedAt, markets, frames, variants }: ShadowMinute) {
  return {
    ...{ type: 'shadow_minute', at: new Date(at).toISOString(), seconds: Math.round((at - startedAt) / 1_000) },
    ...{ markets, frames },
    variants: variants.map(({ name, gained, fills, resting, openMs, bothMs, failure }) => ({
      ...{ name, gainedDollars: formatMoney(gained), fills, resting, quoted: share(bothMs, openMs) },
      failure: failure ?? null,
    })),
  };
}

function glanceText({ fills, openMs, bothMs, failure }: VariantGlance): string {
  return failure === undefined ? `${counted(fills, 'fill')}, quoted ${shareText(bothMs, openMs)}` : 'failed';
}

/** What a variant made more than the first, on the same markets. */
interface Difference {
  readonly comparison?: Comparison;
  /** Why the two cannot be laid beside each other. */
  readonly problem?: string;
}

export function shadowLines({ record, results }: ShadowEnd): readonly string[] {
  if (record === undefined) return ['no book of any market was heard: nothing was decided, and nothing is kept'];
  const [base, ...others] = results;
  if (base === undefined) return [];
  const width = Math.max(...results.map(([name]) => name.length));
  const rows = results.map(([name, result], index) => {
    const { totals, runId, failure } = result;
    const { openMs, bothMs } = quotedOf(result);
    const odd = [
      ...(failure === undefined ? [] : [`FAILED: ${failure.message}`]),
      ...(record.variants[index]?.isReconciled === false ? ['its ledger is NOT the cash of its exchange'] : []),
    ];
    return [
      `${name.padEnd(width)}  net ${money(totals.net)}, ${counted(totals.fills, 'fill')}`,
      `quoted both sides ${shareText(bothMs, openMs)} of the time, run ${runId}`,
      ...odd,
    ].join(', ');
  });
  const against = others.map(([name, result]) => differenceText(name, base, differenceOf(result, base[1])));
  return [...rows, ...against];
}

function differenceText(
  name: string,
  [base]: ShadowEnd['results'][number],
  { comparison, problem }: Difference,
): string {
  if (comparison === undefined) return `${name} − ${base}: ${problem}`;
  const { difference, total, verdict } = comparison;
  const { interval, events } = total;
  const span = interval === undefined ? '' : `, 95 % ${dollars(interval.low)} to ${dollars(interval.high)}`;
  const said = {
    a: `${name} makes more`,
    b: `${base} makes more`,
    not_told_apart: 'not told apart',
    too_few: `no verdict under ${EVENTS_MIN} events`,
  }[verdict];
  return `${name} − ${base}  ${money(difference)}${span}, ${counted(events, 'event')}: ${said}`;
}

export function shadowRecord({ recording, record, results }: ShadowEnd) {
  const [base] = results;
  const { tape, by, startedAt, endedAt, markets, counts, lost } = recording;
  return {
    ...{ type: 'shadow', env: record?.env ?? null, tape, by },
    ...{ startedAt: new Date(startedAt).toISOString(), endedAt: new Date(endedAt).toISOString() },
    ...{ markets, frames: counts.frames, gaps: counts.gaps, lost },
    variants: results.map(([name, result], index) => {
      const { totals, runId, failure } = result;
      const { openMs, bothMs } = quotedOf(result);
      const isBase = index === 0 || base === undefined;
      return {
        ...{ name, settings: record?.variants[index]?.settings ?? [], runId },
        ...{ netDollars: formatMoney(totals.net), feesDollars: formatMoney(totals.fees), fills: totals.fills },
        ...{ openSeconds: Math.round(openMs / 1_000), twoSided: share(bothMs, openMs) },
        ...{ isReconciled: record?.variants[index]?.isReconciled ?? false, failure: failure?.message ?? null },
        difference: isBase ? null : differenceRecord(differenceOf(result, base[1])),
      };
    }),
  };
}

function differenceRecord({ comparison, problem }: Difference): object {
  if (comparison === undefined) return { problem };
  const { difference, total, verdict } = comparison;
  return {
    ...{ dollars: formatMoney(difference), events: total.events, error: total.error ?? null },
    ...{ low: total.interval?.low ?? null, high: total.interval?.high ?? null, verdict: SAID[verdict] },
  };
}

/** The variant is laid beside the first: it is A. */
const SAID = { a: 'more', b: 'less', not_told_apart: 'not_told_apart', too_few: 'too_few' } as const;

function differenceOf(variant: BacktestResult, base: BacktestResult): Difference {
  const problem = incomparable(variant, base);
  return problem === undefined ? { comparison: compared(variant, base) } : { problem };
}

function quotedOf({ markets }: BacktestResult): { readonly openMs: number; readonly bothMs: number } {
  const sum = (of: (quoted: BacktestResult['markets'][number]['quoted']) => number) =>
    markets.reduce((all, { quoted }) => all + of(quoted), 0);
  return { openMs: sum(({ openMs }) => openMs), bothMs: sum(({ bothMs }) => bothMs) };
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((10_000 * part) / whole) / 10_000;
}

function shareText(part: number, whole: number): string {
  return whole === 0 ? 'never (nothing was open)' : percentText(part / whole);
}

function dollars(value: number): string {
  return money(microdollars(Math.round(value * 1e6)));
}

function money(sum: Microdollars): string {
  return `${dollarsText(sum)} $`;
}

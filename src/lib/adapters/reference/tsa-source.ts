/** Forecasts of weekly TSA throughput, for every week whose markets are followed. */
import { easternDay } from '../../core/eastern.ts';
import type { ModelSays } from '../../core/fair-value/model-says.ts';
import { runSteps } from '../../core/fair-value/run-steps.ts';
import type { DayCount } from '../../core/fair-value/tsa/throughput.ts';
import { tsaWeek } from '../../core/fair-value/tsa.ts';
import { SourceProblem } from '../../core/reference/source-problem.ts';
import type { EpochMs } from '../../core/units.ts';
import type { ForecastSource, SourceForecast } from '../../ports.ts';
import { eventsOf } from './events-of.ts';
import type { ReadText } from './kept-text.ts';
import { tsaCounts } from './tsa-table.ts';

export interface TsaSourceOptions {
  /** Years of the page, or files; of two figures for a day that of the later text counts. */
  readonly texts: readonly ReadText[];
  /** Lets others go first; absent in virtual time, in which nobody waits. */
  readonly giveWay?: () => Promise<void>;
}

export function tsaSource({ texts, giveWay }: TsaSourceOptions): ForecastSource {
  /** What was worked out of the same figures: a day changes them, not a minute. */
  const worked = new Map<string, ModelSays>();
  return {
    async read(now, { markets, signal }) {
      const { days, readAt } = await countsOf(texts, now, signal);
      const forecasts: SourceForecast[] = [];
      for (const [event, closeAt] of eventsOf(markets)) {
        const sunday = easternDay((closeAt - 1) as EpochMs);
        const key = `${sunday} ${easternDay(now)} ${digestOf(days)}`;
        const said = worked.get(key) ?? (await finished(tsaWeek({ days, sunday, at: now }), giveWay));
        // Of a refusal, time may be the reason.
        if (said.says.kind !== 'refused') worked.set(key, said);
        forecasts.push({ about: event, madeAt: readAt, ...said });
      }
      for (const key of [...worked.keys()].slice(0, -WORKED_MAX)) worked.delete(key);
      return forecasts;
    },
  };
}

const WORKED_MAX = 16;

async function countsOf(texts: readonly ReadText[], now: EpochMs, signal: AbortSignal) {
  const counts = new Map<number, number>();
  let readAt: EpochMs = now;
  for (const read of texts) {
    const kept = await read(now, signal);
    for (const { day, count } of tsaCounts(kept.text)) counts.set(day, count);
    // Years that are over do not age: the last text is the one that goes on.
    readAt = kept.readAt;
  }
  if (counts.size === 0) throw new SourceProblem('source_empty', 'no file and no page is named');
  const days = [...counts].sort(([a], [b]) => a - b).map(([day, count]): DayCount => ({ day, count }));
  return { days, readAt };
}

async function finished(steps: Generator<void, ModelSays>, giveWay?: () => Promise<void>): Promise<ModelSays> {
  if (giveWay === undefined) return runSteps(steps);
  let step = steps.next();
  while (!step.done) {
    await giveWay();
    step = steps.next();
  }
  return step.value;
}

/** Another sum, other figures. */
function digestOf(days: readonly DayCount[]): string {
  return days.reduce((sum, { day, count }) => (Math.imul(sum, 31) + day * 7 + count) | 0, days.length).toString(36);
}

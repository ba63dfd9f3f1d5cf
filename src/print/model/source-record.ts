/** Sources of forecasts as `--json` has them: times as text, ages in seconds. */
import { isoText } from '../../format.ts';
import type { ListedSource } from '../../lib/app/sources/list-sources.ts';
import type { EpochMs } from '../../lib/core/units.ts';
import { placeOf } from './source-text.ts';

export function sourceRecord({ settings, forecasts, problem, heard }: ListedSource, now: EpochMs) {
  const { name, kind, refreshMs, about } = settings;
  return {
    ...{ name, kind, place: placeOf(settings), refreshSeconds: refreshMs / 1_000, about: about ?? null },
    forecasts: forecasts.map((one) => ({
      ...{ about: one.about, madeAt: isoText(one.madeAt), ageSeconds: (now - one.madeAt) / 1_000 },
      validUntil: one.validUntil === undefined ? null : isoText(one.validUntil),
      ...{ says: one.says, over: one.over ?? null, reasons: one.reasons },
    })),
    problem: problem ?? null,
    trader:
      heard === undefined
        ? null
        : {
            ...{ readAt: timeOf(heard.readAt), madeAt: timeOf(heard.madeAt) },
            ...{ forecastCount: heard.forecasts, refusedCount: heard.refused, problem: heard.problem ?? null },
          },
  };
}

function timeOf(at: EpochMs | undefined): string | null {
  return at === undefined ? null : isoText(at);
}

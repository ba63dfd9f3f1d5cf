/** Fitted models, a line each, with how old they are. */
import { ageText, type Glyphs } from '../../format.ts';
import { isOldModel } from '../../lib/app/model/model-age.ts';
import type { FittedModel, ListedModel } from '../../lib/app/model/model-files.ts';
import type { EpochMs } from '../../lib/core/units.ts';
import { type TextLayout, textTable } from '../text-table.ts';
import { figure } from './model-figures.ts';

export function ageLine(fittedAt: string, now: EpochMs): string {
  return `${ageText(now - Date.parse(fittedAt))} old`;
}

export function modelListLines(models: readonly ListedModel[], now: EpochMs, layout: TextLayout): readonly string[] {
  if (models.length === 0) return [];
  const { signs } = layout;
  return textTable(
    [
      { title: 'KIND', align: 'left', leaves: 0, cell: ({ kind }) => kind },
      { title: 'NAME', align: 'left', leaves: 0, cell: ({ name }) => name },
      { title: 'AGE', align: 'right', leaves: 0, cell: (one) => ageOf(one, now, signs) },
      { title: 'OF', align: 'left', leaves: 2, cell: (one) => contentOf(one, signs) },
      { title: 'FILE', align: 'left', leaves: 1, shrinks: { good: 30, least: 12 }, cell: ({ path }) => path },
    ],
    models,
    layout,
  );
}

function ageOf({ fitted }: ListedModel, now: EpochMs, signs: Glyphs): string {
  if (fitted === undefined) return signs.dash;
  const from = agesFrom(fitted);
  return `${ageText(now - Date.parse(from))}${isOldModel(from, now) ? ' old' : ''}`;
}

/** Parameters of an index are as old as their newest data, whenever they were fitted. */
export function agesFrom({ kind, model }: FittedModel): string {
  return kind === 'index' ? model.madeAt : model.fittedAt;
}

function contentOf({ fitted, problem }: ListedModel, signs: Glyphs): string {
  if (fitted === undefined) return `${signs.cross} ${problem?.code ?? ''}`;
  if (fitted.kind === 'latency') return `${fitted.model.count} orders`;
  if (fitted.kind === 'blend') {
    const { weight, train, test } = fitted.model;
    return `weight ${figure(weight, 3)} of ${train.markets} markets, scored on ${test.markets}`;
  }
  if (fitted.kind === 'index') {
    const { sessions, profile, dayVariance } = fitted.model;
    return `${sessions.whole} whole of ${sessions.seen} sessions, shape ${profile}, day ${figure(100 * Math.sqrt(dayVariance), 2)} %`;
  }
  if (fitted.kind === 'quoter') {
    const { markets, intensity } = fitted.model;
    return `${markets} markets, k ${figure(intensity.perCent, 2)}, ${intensity.sweeps} sweeps`;
  }
  const { markets, cancelAhead, fills } = fitted.model;
  const score = fills?.error.score;
  const skill = score === null || score === undefined ? '' : `, Brier ${figure(score.brier, 3)}`;
  return `${markets.length} markets, cancel share ${figure(cancelAhead.overall.share, 2)}${skill}`;
}

export function modelListRecord(models: readonly ListedModel[], now: EpochMs) {
  return models.map(({ path, kind, name, fitted, problem }) => ({
    ...{ path, kind, name, fittedAt: fitted?.model.fittedAt ?? null },
    ageSeconds: fitted === undefined ? null : Math.round((now - Date.parse(agesFrom(fitted))) / 1_000),
    isOld: fitted === undefined ? null : isOldModel(agesFrom(fitted), now),
    problem: problem === undefined ? null : { code: problem.code, message: problem.what },
  }));
}

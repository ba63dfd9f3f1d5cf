/** What markets are ranked by, for commands that place nothing: no limit and no market need be configured for them. */
import { z } from 'zod';
import type { Parameters } from '../../core/parameters.ts';
import type { SelectionRules } from '../../core/selection/types.ts';
import { fairBySeriesOf, quoterOf } from './config.ts';
import { type LayersRequest, openLayers } from './config-layers.ts';
import { problemOf, refuseFuture } from './config-problems.ts';
import { configSchema } from './config-schema.ts';
import { fairOf } from './fair-source.ts';
import { type HonestySettings, honestySettingsOf } from './honesty.ts';
import { selectionOf } from './selection.ts';

export interface RankingSettings {
  readonly rules: SelectionRules;
  /** Where fair values come from. */
  readonly sources: Pick<Parameters, 'fair' | 'fairBySeries'>;
  /** When the models among them are believed; undefined: nothing is done about one that is not. */
  readonly honesty: HonestySettings | undefined;
}

const { selection, fair, quoter, honesty } = configSchema.shape;
const rankingSchema = z.object({ selection, fair, quoter, honesty });

/** Throws KMM_CONFIG_*. */
export function loadRanking(request: LayersRequest): RankingSettings {
  const layers = openLayers(request);
  const result = rankingSchema.safeParse(layers.tree);
  if (!result.success) throw problemOf(result.error, layers, request.environment);
  const values = result.data;
  refuseFuture(values, layers, Date.now());
  const quoting = { strategy: values.quoter.strategy, quoter: quoterOf(values.quoter) };
  const sources = { fair: fairOf(values.fair.source, values.fair), fairBySeries: fairBySeriesOf(values) };
  return {
    ...{ rules: selectionOf(values.selection, quoting).rules, sources },
    honesty: values.honesty.is_enforced ? honestySettingsOf(values.honesty) : undefined,
  };
}

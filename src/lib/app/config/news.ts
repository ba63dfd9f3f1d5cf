/** News to stay out of, for commands that need no more of the configuration than that. */
import { z } from 'zod';
import { RELEASES } from '../../core/clock/release-dates.ts';
import type { NewsRules } from '../../core/clock/releases.ts';
import { type LayersRequest, openLayers } from './config-layers.ts';
import { problemOf } from './config-problems.ts';
import { type ConfigValues, configSchema } from './config-schema.ts';

const clockSchema = z.object({ clock: configSchema.shape.clock });

/** Throws KMM_CONFIG_*. */
export function loadNews(request: LayersRequest): NewsRules {
  const layers = openLayers(request);
  const result = clockSchema.safeParse(layers.tree);
  if (!result.success) throw problemOf(result.error, layers, request.environment);
  return newsOf(result.data);
}

export function newsOf({ clock }: Pick<ConfigValues, 'clock'>): NewsRules {
  const [beforeMs, afterMs] = [clock.news_before_seconds * 1000, clock.news_after_seconds * 1000];
  return { beforeMs, afterMs, releases: RELEASES };
}

/** When a model is believed, for commands that need no more of the configuration than that. */
import { z } from 'zod';
import { type LayersRequest, openLayers } from './config-layers.ts';
import { problemOf, refuseFuture } from './config-problems.ts';
import { configSchema } from './config-schema.ts';
import { type HonestySettings, honestySettingsOf } from './honesty.ts';

const honestyTable = z.object({ honesty: configSchema.shape.honesty });

/** Throws KMM_CONFIG_*. */
export function loadHonesty(request: LayersRequest): HonestySettings {
  const layers = openLayers(request);
  const result = honestyTable.safeParse(layers.tree);
  if (!result.success) throw problemOf(result.error, layers, request.environment);
  refuseFuture(result.data, layers, Date.now());
  return honestySettingsOf(result.data.honesty);
}

/** Who outside says what markets are worth: `forecast:NAME` in `fair.source` prices by `[sources.NAME]` (docs/forecasts.md). */
import { z } from 'zod';
import { pathOf } from './access.ts';
import { type Layers, type LayersRequest, openLayers } from './config-layers.ts';
import { problemOf } from './config-problems.ts';
import { type ConfigValues, configSchema } from './config-schema.ts';

/** One source, with absolute paths and milliseconds. */
export type SourceSettings = {
  readonly name: string;
  readonly refreshMs: number;
  /** It may speak of these markets, events and series alone; absent: of any. */
  readonly about?: readonly string[];
} & SourceKind;

export type SourceKind =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'http'; readonly url: string; readonly tokenFile?: string }
  | { readonly kind: 'onnx'; readonly modelFile: string; readonly manifestFile: string };

/** Paths count from the file that names them. */
export function sourcesOf({ sources }: Pick<ConfigValues, 'sources'>, layers: Layers): readonly SourceSettings[] {
  return Object.entries(sources).map(([name, said]): SourceSettings => {
    const pathAt = (key: string, value: string) => pathOf(value, ['sources', name, key], layers);
    const { refresh_seconds: seconds, about } = said;
    const shared = { name, refreshMs: seconds * 1_000, ...(about !== undefined && { about }) };
    switch (said.kind) {
      case 'file':
        return { ...shared, kind: 'file', path: pathAt('path', said.path) };
      case 'http': {
        const { url, token_file: token } = said;
        return { ...shared, kind: 'http', url, ...(token !== undefined && { tokenFile: pathAt('token_file', token) }) };
      }
      case 'onnx': {
        const [modelFile, manifestFile] = [
          pathAt('model_file', said.model_file),
          pathAt('manifest_file', said.manifest_file),
        ];
        return { ...shared, kind: 'onnx', modelFile, manifestFile };
      }
      default:
        return said satisfies never;
    }
  });
}

const table = z.object({ sources: configSchema.shape.sources });

/** The sources alone, for commands that need no more of the configuration. Throws KMM_CONFIG_*. */
export function loadSources(request: LayersRequest): readonly SourceSettings[] {
  const layers = openLayers(request);
  const result = table.safeParse(layers.tree);
  if (!result.success) throw problemOf(result.error, layers, request.environment);
  return sourcesOf(result.data, layers);
}

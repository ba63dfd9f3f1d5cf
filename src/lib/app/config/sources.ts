/** Who outside says what markets are worth: `forecast:NAME` in `fair.source` prices by `[sources.NAME]` (docs/forecasts.md). */
import { join } from 'node:path';
import { z } from 'zod';
import { pathOf } from './access.ts';
import { type Layers, type LayersRequest, openLayers } from './config-layers.ts';
import { problemOf } from './config-problems.ts';
import { type ConfigValues, configSchema } from './config-schema.ts';
import { type EnvironmentName, homeOf } from './home.ts';

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
  | { readonly kind: 'onnx'; readonly modelFile: string; readonly manifestFile: string }
  | { readonly kind: 'tsa'; readonly texts: readonly TextPlace[] }
  | WeatherSettings
  | CpiSettings;

export interface CpiSettings {
  readonly kind: 'cpi';
  readonly measure: 'cpi' | 'core';
  readonly charts: TextPlace;
  readonly bls?: TextPlace;
  readonly blsSeries: string;
  readonly months: 1 | 12;
}

export interface WeatherSettings {
  readonly kind: 'weather';
  readonly extreme: 'high' | 'low';
  readonly utcOffsetHours: number;
  readonly unit: 'fahrenheit' | 'tenths-celsius';
  readonly station?: string;
  readonly history: TextPlace;
  readonly forecast?: TextPlace;
  readonly observations?: TextPlace;
}

/** A recorded file, or a page and where its last answer is kept. */
export type TextPlace =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'page'; readonly url: string; readonly keptAt: string };

/** Paths count from the file that names them. */
export function sourcesOf(
  { sources }: Pick<ConfigValues, 'sources'>,
  layers: Layers,
  environment: EnvironmentName,
): readonly SourceSettings[] {
  const { variables, userHome } = layers.host;
  const { reference } = homeOf(environment, variables, userHome);
  return Object.entries(sources).map(([name, said]): SourceSettings => {
    const pathAt = (key: string, value: string) => pathOf(value, ['sources', name, key], layers);
    const fileAt = (key: string, path: string): TextPlace => ({ kind: 'file', path: pathAt(key, path) });
    const pageAt = (url: string, what: string): TextPlace => ({
      kind: 'page',
      url,
      keptAt: join(reference, name, what),
    });
    const placeAt = (what: string, path: string | undefined, url: string | undefined) => {
      if (path !== undefined) return { [what]: fileAt(`${what}_file`, path) };
      return url === undefined ? {} : { [what]: pageAt(url, what) };
    };
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
      case 'tsa': {
        const pages = said.url === undefined ? [] : [pageAt(said.url, 'throughput')];
        return { ...shared, kind: 'tsa', texts: [...said.files.map((path) => fileAt('files', path)), ...pages] };
      }
      case 'weather':
        return {
          ...{ ...shared, kind: 'weather', extreme: said.extreme, utcOffsetHours: said.utc_offset_hours },
          unit: said.history_unit === 'fahrenheit' ? 'fahrenheit' : 'tenths-celsius',
          ...(said.station !== undefined && { station: said.station }),
          history: fileAt('history_file', said.history_file),
          ...placeAt('forecast', said.forecast_file, said.forecast_url),
          ...placeAt('observations', said.observations_file, said.observations_url),
        };
      case 'cpi': {
        const charts = said.file === undefined ? pageAt(said.url ?? '', 'charts') : fileAt('file', said.file);
        return {
          ...{ ...shared, kind: 'cpi', measure: said.measure, charts },
          ...placeAt('bls', said.bls_file, said.bls_url),
          ...{ blsSeries: said.bls_series, months: said.over_months === '12' ? 12 : 1 },
        };
      }
      default:
        return said satisfies never;
    }
  });
}

const { forecast_age_seconds_max } = configSchema.shape.fair.shape;
const table = z.object({ sources: configSchema.shape.sources, fair: z.looseObject({ forecast_age_seconds_max }) });

export interface LoadedSources {
  readonly settings: readonly SourceSettings[];
  /** An older forecast prices nothing. */
  readonly ageMsMax: number;
}

/** The sources alone, for commands that need no more of the configuration. Throws KMM_CONFIG_*. */
export function loadSources(request: LayersRequest): LoadedSources {
  const layers = openLayers(request);
  const result = table.safeParse(layers.tree);
  if (!result.success) throw problemOf(result.error, layers, request.environment);
  const { fair } = result.data;
  return {
    settings: sourcesOf(result.data, layers, request.environment),
    ageMsMax: fair.forecast_age_seconds_max * 1_000,
  };
}

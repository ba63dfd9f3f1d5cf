/** The statistical models over public figures: which text each of them reads, how often, and how long one stands in for the next. */
import { setImmediate as afterOthers } from 'node:timers/promises';
import { nowcastsOf } from '../../adapters/reference/cpi-nowcasts.ts';
import { cpiSource } from '../../adapters/reference/cpi-source.ts';
import { fileText, keptPage, type ReadText } from '../../adapters/reference/kept-text.ts';
import { gridpointOf } from '../../adapters/reference/nws-gridpoint.ts';
import { readingsOf } from '../../adapters/reference/nws-observations.ts';
import { jsonOf } from '../../adapters/reference/records.ts';
import { tsaSource } from '../../adapters/reference/tsa-source.ts';
import { tsaCounts } from '../../adapters/reference/tsa-table.ts';
import { weatherSource } from '../../adapters/reference/weather-source.ts';
import { type FileReader, LIVE_FILES } from '../../adapters/sources/read-file.ts';
import type { ForecastSource } from '../../ports.ts';
import type { SourceSettings, TextPlace } from '../config/sources.ts';

type ReferenceSettings = Extract<SourceSettings, { readonly kind: 'tsa' | 'weather' | 'cpi' }>;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** How often a page is asked at most, and how long its last answer bridges silence. The models look at the figures' own dates besides. */
const PACES = {
  throughput: { everyMs: 10 * MINUTE_MS, holdsMs: 24 * HOUR_MS, check: tsaCounts },
  charts: { everyMs: 30 * MINUTE_MS, holdsMs: 24 * HOUR_MS, check: (text: string) => nowcastsOf(text, 'cpi') },
  releases: { everyMs: 30 * MINUTE_MS, holdsMs: 24 * HOUR_MS, check: jsonOf },
  forecast: { everyMs: 10 * MINUTE_MS, holdsMs: 6 * HOUR_MS, check: gridpointOf },
  observations: { everyMs: 2 * MINUTE_MS, holdsMs: HOUR_MS, check: readingsOf },
} as const;

export function referenceSource(settings: ReferenceSettings, files: FileReader): ForecastSource {
  const textAt = (place: TextPlace, pace: keyof typeof PACES): ReadText => {
    if (place.kind === 'file') return fileText(place.path, files.read);
    return keptPage({ ...place, ...PACES[pace] });
  };
  switch (settings.kind) {
    case 'tsa': {
      const texts = settings.texts.map((place) => textAt(place, 'throughput'));
      // In virtual time nobody waits for us.
      return tsaSource({ texts, ...(files === LIVE_FILES && { giveWay: async () => void (await afterOthers()) }) });
    }
    case 'weather': {
      const { extreme, unit, station, utcOffsetHours, history, forecast, observations } = settings;
      return weatherSource({
        ...{ extreme, unit, utcOffsetHours, history: textAt(history, 'forecast') },
        ...(station !== undefined && { station }),
        ...(forecast !== undefined && { forecast: textAt(forecast, 'forecast') }),
        ...(observations !== undefined && { observations: textAt(observations, 'observations') }),
      });
    }
    case 'cpi': {
      const { measure, charts, bls, blsSeries: seriesId, months } = settings;
      return cpiSource({
        ...{ measure, charts: textAt(charts, 'charts') },
        ...(bls !== undefined && { released: { read: textAt(bls, 'releases'), seriesId, months } }),
      });
    }
    default:
      return settings satisfies never;
  }
}

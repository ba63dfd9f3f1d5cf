/**
 * `kmm model sources`: what is configured, what each says when it is asked now, and how the running trader heard it last.
 * A model in ONNX form is loaded and held against its manifest; what it says is a matter of markets, and `kmm quote` shows it.
 */
import { LIVE_FILES } from '../../adapters/sources/read-file.ts';
import { readLock } from '../../adapters/system/lock.ts';
import { forecastOver } from '../../core/fair-value/forecast.ts';
import type { ModelRefusal } from '../../core/fair-value/types.ts';
import { SourceProblem } from '../../core/reference/source-problem.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { SourceView } from '../../core/view.ts';
import type { SourceForecast } from '../../ports.ts';
import { assertDirectory, type Home } from '../config/home.ts';
import type { LoadedSources, SourceSettings } from '../config/sources.ts';
import { askWithin } from '../control/ask-trader.ts';
import { sourceOf } from './source-of.ts';
import { ANSWER_MS } from './source-watch.ts';

export interface ListedSource {
  readonly settings: SourceSettings;
  /** What it says now, each with why nothing is priced by it although it was said. */
  readonly forecasts: readonly ListedForecast[];
  /** Why it says nothing. */
  readonly problem?: { readonly code: string; readonly reason: string };
  /** As the running trader last heard it; absent where none runs, or where it does not have this source. */
  readonly heard?: SourceView;
}

export interface ListedForecast extends SourceForecast {
  readonly over?: ModelRefusal;
}

const TRADER_MS = 1_500;

/** Never rejects over a source. Throws KMM_HOME where the data directory is none. */
export async function listSources(
  { settings, ageMsMax }: LoadedSources,
  home: Home,
  now: EpochMs,
): Promise<readonly ListedSource[]> {
  assertDirectory(home);
  const heard = await heardBy(home);
  return Promise.all(
    settings.map(async (one): Promise<ListedSource> => {
      const view = heard.find(({ name }) => name === one.name);
      const { forecasts, problem } = await readNow(one);
      return {
        settings: one,
        forecasts: forecasts.map((forecast): ListedForecast => {
          const over = forecast.says.kind === 'refused' ? undefined : forecastOver(one.name, forecast, ageMsMax, now);
          return { ...forecast, ...(over !== undefined && { over }) };
        }),
        ...(problem !== undefined && { problem }),
        ...(view !== undefined && { heard: view }),
      };
    }),
  );
}

async function readNow(
  settings: SourceSettings,
): Promise<Pick<ListedSource, 'problem'> & { readonly forecasts: readonly SourceForecast[] }> {
  const signal = AbortSignal.timeout(ANSWER_MS);
  const late = new Promise<never>((_, reject) => {
    const said = `it has not answered for ${ANSWER_MS / 1_000} s`;
    signal.addEventListener('abort', () => reject(new SourceProblem('source_silent', said)), { once: true });
  });
  try {
    const reading = sourceOf(settings, LIVE_FILES).read(epochMs(Date.now()), { markets: [], signal });
    return { forecasts: await Promise.race([reading, late]) };
  } catch (error) {
    if (!(error instanceof SourceProblem)) throw error;
    return { forecasts: [], problem: { code: error.code, reason: error.message } };
  }
}

async function heardBy({ lock }: Home): Promise<readonly SourceView[]> {
  const control = readLock(lock)?.control;
  if (control === undefined) return [];
  const answer = await askWithin(control, { verb: 'view' }, TRADER_MS);
  return answer.kind === 'view' ? (answer.view.sources ?? []) : [];
}

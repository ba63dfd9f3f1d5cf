/** The variants of a shadow run as jobs: the same paper exchange for all, and of each configuration what trades. */
import type { BacktestSources } from '../../core/backtest/job.ts';
import { microdollars } from '../../core/units.ts';
import { asReceived, latenciesOf, USUAL_LATENCY } from '../backtest/latencies.ts';
import { jobOf } from '../backtest/run-bands.ts';
import type { Configuration } from '../config/config.ts';
import { KmmError } from '../errors/errors.ts';
import type { ShadowOptions } from './shadow-live.ts';

/** As `kmm backtest run` has them, so that it finds the same run over the tape. */
const USUAL = { turnMs: 100, seed: 1, cash: microdollars(10_000_000_000), sampleMs: 1_000 } as const;

const SOURCES: BacktestSources = { files: [], references: [], markets: [], prints: 'auto', clock: 'receipt' };

export interface ConfiguredVariant {
  readonly name: string;
  readonly settings: readonly string[];
  readonly configuration: Pick<Configuration, 'parameters'>;
}

/** @param latency as `--latency`. Throws KMM_USAGE. */
export function paperVariants(
  variants: readonly ConfiguredVariant[],
  latency: string = USUAL_LATENCY,
): ShadowOptions['variants'] {
  const ways = asReceived(latenciesOf(latency));
  const met = new Map<string, string>();
  return variants.map(({ name, settings, configuration: { parameters } }) => {
    const key = JSON.stringify(parameters);
    const twin = met.get(key);
    if (twin !== undefined) {
      throw new KmmError(
        'KMM_USAGE',
        `--variant ${name} trades just as ${twin} does: its keys change nothing of how it quotes`,
      );
    }
    met.set(key, name);
    return { name, settings, job: jobOf({ sources: SOURCES, parameters, latency: ways, ...USUAL }, 'pessimistic') };
  });
}

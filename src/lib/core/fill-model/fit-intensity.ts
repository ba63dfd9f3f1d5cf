/**
 * How often takers reach δ from the mid: λ(δ) = A·e^(−kδ), one side (math.md section 14). The distances lie on a lattice of
 * half a cent, on which an exponential law is a geometric one; its most likely k and its error over markets are exact.
 */
import { PRINTS_MIN } from '../book/queue-odds.ts';
import { jackknife, sum } from './clustered.ts';
import type { Intensity } from './model.ts';
import type { MarketStudy } from './study.ts';

const FROM_CENTS = 1;
const STEP_CENTS = 0.5;
const CHECKED_CENTS = [1, 2, 3, 5, 8] as const;
const HOUR_MS = 3_600_000;
const SIDES = 2;

/** Undefined: too few sweeps reach far enough. */
export function fitIntensity(studies: readonly MarketStudy[]): Intensity | undefined {
  const seen = studies.filter((study) => study.bookMs > 0);
  const line = lineOf(seen);
  if (line === undefined || line.sweeps < PRINTS_MIN) return undefined;
  const without = seen.map((left) => lineOf(seen.filter((study) => study !== left)));
  const known = without.filter((one) => one !== undefined);
  const hours = hoursOf(seen);
  const depths = seen.flatMap((study) => study.sweeps);
  const count = sum(seen.map((study) => study.prints.count));
  const contracts = sum(seen.map((study) => study.prints.contracts));
  const squares = sum(seen.map((study) => study.prints.squares));
  const { perHour, perCent, sweeps } = line;
  return {
    perHour,
    perHourError:
      jackknife(
        perHour,
        known.map((one) => one.perHour),
      ).error ?? perHour / Math.sqrt(sweeps),
    perCent,
    perCentError:
      jackknife(
        perCent,
        known.map((one) => one.perCent),
      ).error ?? perCent / Math.sqrt(sweeps),
    sweeps,
    markets: seen.length,
    hours,
    prints: { perHour: count / hours, meanContracts: contracts / count, meanSquare: squares / count },
    fromCents: FROM_CENTS,
    toCents: Math.max(...depths),
    check: CHECKED_CENTS.map((cents) => ({
      cents,
      observed: depths.filter((depth) => depth >= cents).length / (SIDES * hours),
      fitted: perHour * Math.exp(-perCent * cents),
    })),
  };
}

function lineOf(studies: readonly MarketStudy[]) {
  const far = studies.flatMap((study) => study.sweeps.filter((depth) => depth >= FROM_CENTS));
  const hours = hoursOf(studies);
  const steps = sum(far.map((depth) => Math.floor((depth - FROM_CENTS) / STEP_CENTS + 1e-9)));
  if (far.length === 0 || steps === 0 || hours === 0) return undefined;
  const perCent = Math.log1p(far.length / steps) / STEP_CENTS;
  const perHour = (far.length / (SIDES * hours)) * Math.exp(perCent * FROM_CENTS);
  return { perCent, perHour, sweeps: far.length };
}

function hoursOf(studies: readonly MarketStudy[]): number {
  return sum(studies.map((study) => study.bookMs)) / HOUR_MS;
}

/** Composed standings, and rows that they are worked out from. */
import { type EstimateRow, type FilledRow, STANDING_BINS, type Standing } from '../../src/lib/core/honesty/standing.ts';

/** Of the model `mid` in the series of the stories; believed, unless something else is said. */
export function standing(over: Partial<Standing> = {}): Standing {
  return {
    ...{ model: 'mid', series: 'KXTEST', events: 40, drift: 'none', calibrationError: 0.01, bins: [], benched: null },
    ...over,
  };
}

/** Every bin alike. */
export function clampedTo(sizePermille: number, over: Partial<Standing> = {}): Standing {
  const bins = Array.from({ length: STANDING_BINS }, (_, bin) => ({
    ...{ from: bin / STANDING_BINS, to: (bin + 1) / STANDING_BINS, sizePermille, isOff: false, why: 'as composed' },
  }));
  return standing({ bins, ...over });
}

const HORIZON_S = 600;
const DAY_MS = 86_400_000;

/** What was said of the only market of the n-th event. */
export function estimate(n: number, p: number, yes: boolean, over: Partial<EstimateRow> = {}): EstimateRow {
  return {
    ...{ model: 'mid', series: 'KXTEST', ticker: `M-${n}`, event: `E-${n}`, horizonS: HORIZON_S, at: n * DAY_MS },
    ...{ p, lower: p, upper: p, mid: null, yes: yes ? 1 : 0 },
    ...over,
  };
}

/** A fill of the n-th event that promised and brought these many dollars; its fair value stays as it is given. */
export function filled(n: number, promised: number, brought: number, fair = 0.55): FilledRow {
  const isTrue = brought > promised;
  const contracts = isTrue ? (brought - promised) / (1 - fair) : (promised - brought) / fair;
  return {
    ...{ model: 'mid', ticker: `M-${n}`, event: `E-${n}`, series: 'KXTEST', settledAt: n * DAY_MS },
    ...{ secondsToClose: 100, sign: 1, contracts, price: fair - promised / contracts, fair, mid: fair, isTrue, fee: 0 },
  };
}

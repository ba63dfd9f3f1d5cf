/** `kmm risk stress`: scenarios over what is at stake, and VaR where chances are given. */
import {
  type PortfolioPmf,
  type Scenario,
  type StressTail,
  scenariosOf,
  stressTails,
} from '../../core/risk/risk-stress.ts';
import type { RiskView } from '../../core/risk/risk-view.ts';
import type { Centicents } from '../../core/units.ts';
import { KmmError } from '../errors/errors.ts';
import { didYouMean } from '../markets/suggest.ts';

export interface StressReport {
  readonly scenarios: readonly Scenario[];
  readonly tails: readonly StressTail[];
  /** Events of the file of chances in which nothing is at stake. */
  readonly idle: readonly string[];
}

const LEVELS = [0.95, 0.99] as const;

/** Throws KMM_USAGE for chances that cannot be. */
export function stressOf(view: RiskView, shock: Centicents, pmf: PortfolioPmf | undefined): StressReport {
  const tails = stressTails(view, pmf, LEVELS);
  const events = view.events.map(({ eventTicker }) => eventTicker);
  if ('kind' in tails) {
    throw new KmmError('KMM_USAGE', `no VaR of these chances: ${tails.reason}`, {
      next: ['kmm risk stress without --pmf: every event at its worst'],
    });
  }
  const idle = [...(pmf?.events.keys() ?? [])].filter((event) => !events.includes(event));
  return {
    scenarios: scenariosOf(view, { shock }),
    tails,
    idle: idle.map(
      (event) => `nothing is at stake in ${event}${didYouMean(event, events)}: its chances are left aside`,
    ),
  };
}

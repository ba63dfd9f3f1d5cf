/**
 * The clock of a market (E-9): IDLE, then PREP (everything is watched, nothing rests), MAKE (quotes), FREEZE (nothing rests
 * until the value is fixed), POST (it pays). All times count from the market's own close, which the exchange states, so
 * neither daylight time nor an early close can move them.
 */
import type { Market } from '../market.ts';
import type { Parameters } from '../parameters.ts';
import { type EpochMs, epochMs } from '../units.ts';

export type Phase = 'IDLE' | 'PREP' | 'MAKE' | 'FREEZE' | 'POST';

/** Of one series, ms from the close. */
export interface ClockRules {
  /** Before it; absent: from the open on. */
  readonly prepMs?: number;
  readonly makeMs?: number;
  readonly freezeMs: number;
  /** After it. */
  readonly postMs: number;
}

export interface PhaseNow {
  readonly phase: Phase;
  /** When the next phase begins; absent when there is none. */
  readonly until?: EpochMs;
}

type ClockParameters = Pick<Parameters, 'quoting' | 'clock'>;
type Timed = Pick<Market, 'seriesTicker' | 'openAt' | 'closeAt'>;

/** Where the series has no clock of its own. */
const POST_MS = 60_000;

/** A clock of the series' own, else the general freeze. */
export function clockRulesOf(series: string, { quoting, clock }: ClockParameters): ClockRules {
  return clock?.series[series] ?? { freezeMs: quoting.freezeMs, postMs: POST_MS };
}

function rulesFor({ seriesTicker }: Timed, parameters: ClockParameters): ClockRules {
  return clockRulesOf(seriesTicker, parameters);
}

/** When the quotes of this market leave. */
export function freezeAt(market: Timed, parameters: ClockParameters): EpochMs {
  return epochMs(market.closeAt - rulesFor(market, parameters).freezeMs);
}

/** From when on it is quoted. */
export function makeAt(market: Timed, parameters: ClockParameters): EpochMs {
  const { makeMs } = rulesFor(market, parameters);
  return makeMs === undefined ? market.openAt : epochMs(Math.max(market.openAt, market.closeAt - makeMs));
}

export function phaseAt(market: Timed, parameters: ClockParameters, now: EpochMs): PhaseNow {
  const { prepMs, postMs } = rulesFor(market, parameters);
  const makes = makeAt(market, parameters);
  const prepares = prepMs === undefined ? makes : Math.min(makes, Math.max(market.openAt, market.closeAt - prepMs));
  if (now < prepares) return { phase: 'IDLE', until: epochMs(prepares) };
  if (now < makes) return { phase: 'PREP', until: makes };
  const freezes = freezeAt(market, parameters);
  if (now < freezes) return { phase: 'MAKE', until: freezes };
  const pays = epochMs(market.closeAt + postMs);
  return now < pays ? { phase: 'FREEZE', until: pays } : { phase: 'POST' };
}

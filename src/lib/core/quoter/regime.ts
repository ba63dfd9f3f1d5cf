/**
 * PR3DICT's spread by circumstances and skew by inventory, with regimes that shed inventory (math.md 11).
 *
 * In cents and contracts. Boundary values belong to the milder regime. EXIT quotes nothing and states the position to
 * come down to (`exitContracts`). Refuses a market less than half an hour or more than a week from flat, and one with less
 * than $5,000 of liquidity: its rules were not made for those. Both floors are parameters, for series whose whole life is
 * shorter than half an hour.
 */
import { refused } from '../refused.ts';
import type { QuotedSides, Quoter } from './types.ts';

export type Regime = 'NORMAL' | 'SKEW' | 'ONE_SIDED' | 'EXIT';

export const regimeQuoter: Quoter = ({ fair, position, hoursToFlat, liquidityDollars, parameters }) => {
  const contracts = position / 100;
  const { hoursMin = HOURS_MIN, liquidityDollarsMin = LIQUIDITY_DOLLARS_MIN, isVolatile } = parameters.regime;
  const regime = regimeOf(hoursToFlat, contracts, hoursMin);
  if (regime !== 'EXIT') {
    const refusal = unsuited(hoursToFlat, liquidityDollars, hoursMin, liquidityDollarsMin);
    if (refusal !== undefined) return refusal;
  }
  const spread = regimeSpread({ liquidityDollars, hours: hoursToFlat, contracts, isVolatile });
  const skew = regimeSkew(contracts);
  const centre = fair.probability * 100 + skew;
  return {
    kind: 'quote',
    reservation: centre / 100,
    rawBid: (centre - spread / 2) * 100,
    rawAsk: (centre + spread / 2) * 100,
    sides: sidesOf(regime, contracts),
    numbers: {
      spreadCents: spread,
      skewCents: skew,
      ...(regime === 'EXIT' && { exitContracts: hoursToFlat < hoursMin ? 0 : CONTRACTS_SKEWED }),
    },
    state: regime,
  };
};

export interface RegimeInput {
  readonly liquidityDollars: number;
  readonly hours: number;
  readonly contracts: number;
  readonly isVolatile: boolean;
}

/** The whole spread in cents, 2…12. The factors apply in this order. */
export function regimeSpread({ liquidityDollars, hours, contracts, isVolatile }: RegimeInput): number {
  let spread = 4;
  if (liquidityDollars < 10_000) spread += 2;
  if (isVolatile) spread *= 1.5;
  if (hours < 6) spread *= 2;
  else if (hours <= 24) spread *= 1.5;
  if (Math.abs(contracts) > CONTRACTS_NORMAL) spread *= 1.3;
  return Math.min(Math.max(spread, 2), 12);
}

/** Cents to move both quotes by: 1 ¢ against the position for every whole ten contracts, beyond the first ten. */
export function regimeSkew(contracts: number): number {
  return Math.abs(contracts) > CONTRACTS_NORMAL ? -Math.trunc(contracts / 10) : 0;
}

export function regimeOf(hours: number, contracts: number, hoursMin = HOURS_MIN): Regime {
  const held = Math.abs(contracts);
  if (hours < hoursMin && held > CONTRACTS_AT_CLOSE) return 'EXIT';
  if (held <= CONTRACTS_NORMAL) return 'NORMAL';
  if (held <= CONTRACTS_SKEWED) return 'SKEW';
  return held <= CONTRACTS_ONE_SIDED ? 'ONE_SIDED' : 'EXIT';
}

const HOURS_MIN = 0.5;
const HOURS_MAX = 168;
const LIQUIDITY_DOLLARS_MIN = 5_000;
const CONTRACTS_AT_CLOSE = 5;
const CONTRACTS_NORMAL = 10;
const CONTRACTS_SKEWED = 20;
const CONTRACTS_ONE_SIDED = 50;

function sidesOf(regime: Regime, contracts: number): QuotedSides {
  switch (regime) {
    case 'NORMAL':
    case 'SKEW':
      return 'both';
    case 'ONE_SIDED':
      return contracts > 0 ? 'ask' : 'bid';
    case 'EXIT':
      return 'none';
    default:
      return regime satisfies never;
  }
}

function unsuited(hours: number, liquidityDollars: number, hoursMin: number, liquidityDollarsMin: number) {
  if (!(hours >= hoursMin && hours <= HOURS_MAX)) {
    return refused('horizon_unsuited', `${hours} h to flat is not between ${hoursMin} and ${HOURS_MAX}`);
  }
  if (!(liquidityDollars >= liquidityDollarsMin)) {
    return refused('liquidity_low', `$${liquidityDollars} rests near the mid, less than $${liquidityDollarsMin}`);
  }
  return undefined;
}

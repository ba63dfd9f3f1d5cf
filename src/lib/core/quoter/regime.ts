/**
 * PR3DICT's spread by circumstances and skew by inventory, with regimes that shed inventory (math.md 11).
 *
 * In cents and contracts. Boundary values belong to the milder regime. EXIT quotes nothing and states the position to
 * come down to (`exitContracts`). Refuses a market less than half an hour or more than a week from flat, and one with less
 * than $5,000 of liquidity: its rules were not made for those. Both floors are parameters, for series whose whole life is
 * shorter than half an hour.
 */
import { refused } from '../refused.ts';
import type { QuotedSides, Quoter, RegimePreset } from './types.ts';

export type Regime = 'NORMAL' | 'SKEW' | 'ONE_SIDED' | 'EXIT';

export const regimeQuoter: Quoter = ({ fair, position, hoursToFlat, liquidityDollars, parameters }) => {
  const contracts = position / 100;
  const { hoursMin = HOURS_MIN, liquidityDollarsMin = LIQUIDITY_DOLLARS_MIN, isVolatile, preset } = parameters.regime;
  const rules = REGIME_RULES[preset ?? 'default'];
  const regime = regimeOf(hoursToFlat, contracts, hoursMin, rules);
  if (regime !== 'EXIT') {
    const refusal = unsuited(hoursToFlat, liquidityDollars, [hoursMin, rules.hoursMax], liquidityDollarsMin);
    if (refusal !== undefined) return refusal;
  }
  const wanted = unboundedSpread({ liquidityDollars, hours: hoursToFlat, contracts, isVolatile }, rules);
  const spread = bounded(wanted, rules);
  const skew = regimeSkew(contracts, rules);
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
      ...(wanted > rules.mostCents && { spreadCentsMax: rules.mostCents }),
      ...(regime === 'EXIT' && { exitContracts: hoursToFlat < hoursMin ? 0 : rules.skewed }),
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

/** Base and bounds of the spread in cents, steps of |net| in contracts. */
export interface RegimeRules {
  readonly baseCents: number;
  readonly leastCents: number;
  readonly mostCents: number;
  /** |net| above which prices lean, above which one side is shown, and above which nothing is. */
  readonly normal: number;
  readonly skewed: number;
  readonly oneSided: number;
  readonly hoursMax: number;
}

/** `default` is math.md 11; the others are PR3DICT's own variations of it (docs/adr/0043). */
export const REGIME_RULES: Readonly<Record<RegimePreset, RegimeRules>> = {
  conservative: {
    ...{ baseCents: 6, leastCents: 3, mostCents: 15 },
    normal: 8,
    skewed: 15,
    oneSided: 30,
    hoursMax: 72,
  },
  default: { ...{ baseCents: 4, leastCents: 2, mostCents: 12 }, normal: 10, skewed: 20, oneSided: 50, hoursMax: 168 },
  aggressive: {
    ...{ baseCents: 3, leastCents: 1.5, mostCents: 8 },
    normal: 15,
    skewed: 30,
    oneSided: 75,
    hoursMax: 168,
  },
  fast: { ...{ baseCents: 2, leastCents: 1, mostCents: 12 }, normal: 5, skewed: 10, oneSided: 20, hoursMax: 168 },
};

/** The whole spread in cents, within the bounds of the rules: 2…12 by default. */
export function regimeSpread(input: RegimeInput, rules = REGIME_RULES.default): number {
  return bounded(unboundedSpread(input, rules), rules);
}

/** The factors apply in this order. */
function unboundedSpread({ liquidityDollars, hours, contracts, isVolatile }: RegimeInput, rules: RegimeRules): number {
  let spread = rules.baseCents;
  if (liquidityDollars < 10_000) spread += 2;
  if (isVolatile) spread *= 1.5;
  if (hours < 6) spread *= 2;
  else if (hours <= 24) spread *= 1.5;
  if (Math.abs(contracts) > rules.normal) spread *= 1.3;
  return spread;
}

function bounded(spread: number, { leastCents, mostCents }: RegimeRules): number {
  return Math.min(Math.max(spread, leastCents), mostCents);
}

/** Cents to move both quotes by: 1 ¢ against the position for every whole ten contracts, once prices lean at all. */
export function regimeSkew(contracts: number, { normal } = REGIME_RULES.default): number {
  return Math.abs(contracts) > normal ? -Math.trunc(contracts / 10) : 0;
}

export function regimeOf(
  hours: number,
  contracts: number,
  hoursMin = HOURS_MIN,
  { normal, skewed, oneSided } = REGIME_RULES.default,
): Regime {
  const held = Math.abs(contracts);
  if (hours < hoursMin && held > CONTRACTS_AT_CLOSE) return 'EXIT';
  if (held <= normal) return 'NORMAL';
  if (held <= skewed) return 'SKEW';
  return held <= oneSided ? 'ONE_SIDED' : 'EXIT';
}

const HOURS_MIN = 0.5;
const LIQUIDITY_DOLLARS_MIN = 5_000;
const CONTRACTS_AT_CLOSE = 5;

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

function unsuited(
  hours: number,
  liquidityDollars: number,
  [hoursMin, hoursMax]: readonly [number, number],
  liquidityDollarsMin: number,
) {
  if (!(hours >= hoursMin && hours <= hoursMax)) {
    return refused(
      'horizon_unsuited',
      `${Number(hours.toFixed(3))} h to flat is not between ${hoursMin} and ${hoursMax}`,
    );
  }
  if (!(liquidityDollars >= liquidityDollarsMin)) {
    return refused(
      'liquidity_low',
      `$${Math.floor(liquidityDollars)} rests near the mid, less than $${liquidityDollarsMin}`,
    );
  }
  return undefined;
}

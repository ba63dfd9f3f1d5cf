/** The takers of the world's own flow: people who trade for reasons of their own, and people who know a little earlier. */
import { snap } from '../../core/grid.ts';
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  oppositeOf,
  PRICE_ONE,
  type Side,
  signOf,
} from '../../core/units.ts';
import type { ScheduledMarket } from '../markets/program.ts';
import { chance, exponential, type RandomStream } from '../random.ts';
import { type Desk, wholeContracts } from './desk.ts';
import type { InformedProfile, NoiseProfile } from './profile.ts';

const LARGE_CHANCE = 1 / 8;
const LARGE_TIMES = 15;
/** One in four spends a round sum, so that the size is a fraction of a contract. */
const FRACTION_CHANCE = 1 / 4;
/** Of the taker fee, per contract: 7 % × p(1 − p). */
const FEE_RATE = 0.07;

/** Buys or sells at random, small mostly, through the best price now and then. */
export function startNoiseTrader(desk: Desk, profile: NoiseProfile, stream: RandomStream): void {
  desk.repeat(exponential(stream, profile.waitMs), () => {
    const side: Side = chance(stream, 0.5) ? 'bid' : 'ask';
    const size = noiseSize(stream, profile.size);
    const reach = stream.next() * profile.reach;
    const best = desk.best(oppositeOf(side));
    if (best !== undefined) desk.take(side, through(desk, side, best, reach), size);
    return exponential(stream, profile.waitMs);
  });
}

/** Sees the truth of a moment that lies ahead, and picks off whoever stands too far from it. */
export function startInformedTrader(
  desk: Desk,
  market: ScheduledMarket,
  profile: InformedProfile,
  stream: RandomStream,
): void {
  desk.repeat(exponential(stream, profile.waitMs), () => {
    const size = wholeContracts(exponential(stream, profile.size));
    if (desk.isOpen) pickOff(desk, market, profile, size);
    return exponential(stream, profile.waitMs);
  });
}

function pickOff(desk: Desk, market: ScheduledMarket, profile: InformedProfile, size: Centicontracts): void {
  const { closeAt } = desk.listing.market;
  const truth = market.probability(Math.min(desk.now + profile.aheadMs, closeAt) as EpochMs, closeAt);
  const margin = FEE_RATE * truth * (1 - truth) + profile.edge;
  for (const side of ['bid', 'ask'] as const) {
    const best = desk.best(oppositeOf(side));
    const limit = (truth - signOf(side) * margin) * PRICE_ONE;
    const price = best === undefined ? undefined : snap(limit, side, desk.listing.market.grid);
    if (best !== undefined && price !== undefined && signOf(side) * (price - best) >= 0) desk.take(side, price, size);
  }
}

function noiseSize(stream: RandomStream, mean: number): Centicontracts {
  const times = chance(stream, LARGE_CHANCE) ? LARGE_TIMES : 1;
  const contracts = exponential(stream, mean) * times;
  if (!chance(stream, FRACTION_CHANCE)) return wholeContracts(contracts);
  return Math.max(1, Math.round(contracts * 100)) as Centicontracts;
}

/** The best price and up to `reach` dollars beyond it, on the grid. */
function through(desk: Desk, side: Side, best: Centicents, reach: number): Centicents {
  return snap(best + signOf(side) * reach * PRICE_ONE, side, desk.listing.market.grid) ?? best;
}

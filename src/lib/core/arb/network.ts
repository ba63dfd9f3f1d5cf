/**
 * Sure profits among markets on one figure, as paths on its line (E-11, B-5.2; math.md 9, Consistency).
 *
 * Edges of the strikes are places. Whoever buys a bin goes from its lower edge to its upper one and pays the ask; whoever sells it
 * goes back and is paid the bid. A dollar that is paid in any case is the way from end to end; what lies between two edges may be
 * given away, which is the way back for nothing. Going round in a circle leaves nothing that could be lost at settlement, so a circle
 * that costs less than nothing is a profit whatever comes. Every combination is such a circle: a crossed book, a complete set below a
 * dollar, outcomes bid above it, a higher threshold dearer than a lower one, a range that is not the difference of its thresholds.
 */
import type { Bin } from '../fair-value/strike-bins.ts';

/** One price of one side of a market, as whoever takes it sees it. */
export interface Step {
  /** Dollars per contract with fees: paid to buy, received to sell. */
  readonly dollars: number;
  /** How much is there; any unit, the same everywhere. */
  readonly size: number;
}

export interface Offer {
  readonly bin: Bin;
  /** The best first. */
  readonly asks: readonly Step[];
  readonly bids: readonly Step[];
}

export interface Taken {
  /** Place in the list of offers. */
  readonly offer: number;
  readonly act: 'buy' | 'sell';
  /** Place in its asks or bids. */
  readonly step: number;
}

export interface Circle {
  readonly taken: readonly Taken[];
  /** So much of each. */
  readonly size: number;
  /** Dollars per contract of each, > 0. */
  readonly profit: number;
}

interface Arc {
  readonly from: number;
  readonly to: number;
  readonly dollars: number;
  readonly taken?: Taken;
  left: number;
}

const SAME = 1e-6;
/** Less than this a contract is what doubles make of nothing, dollars. */
const NOTHING = 1e-9;

/** In rising order; those that differ by less than is published are one. */
export function edgesOf(bins: readonly Bin[]): readonly number[] {
  return bins
    .flatMap(({ low, high }) => [low, high])
    .filter(Number.isFinite)
    .sort((a, b) => a - b)
    .filter((edge, index, all) => index === 0 || edge - (all[index - 1] as number) > SAME);
}

/** Circles of profit until none is left, each of what the ones before it have left; at most so many. */
export function circlesOf(offers: readonly Offer[], most: number): readonly Circle[] {
  const network = networkOf(offers);
  const found: Circle[] = [];
  while (found.length < most) {
    const arcs = circleIn(network);
    if (arcs === undefined) break;
    const size = Math.min(...arcs.map(({ left }) => left));
    for (const arc of arcs) arc.left -= size;
    found.push({
      taken: arcs.flatMap(({ taken }) => taken ?? []),
      size,
      profit: -arcs.reduce((sum, { dollars }) => sum + dollars, 0),
    });
  }
  return found;
}

/** What a dollar that is paid in any case costs, and what one brings, by the best prices; absent: no way to have it. */
export function dollarOf(offers: readonly Offer[]): { readonly cost?: number; readonly brings?: number } {
  const { arcs, places } = networkOf(offers);
  const traded = arcs.filter(({ taken, from, to }) => taken !== undefined || from - to === 1);
  const cost = cheapest(traded, places, 0, places - 1);
  const brings = cheapest(traded, places, places - 1, 0);
  return { ...(cost < Infinity && { cost }), ...(brings < 0 && { brings: -brings }) };
}

interface Network {
  readonly arcs: readonly Arc[];
  readonly places: number;
}

function networkOf(offers: readonly Offer[]): Network {
  const edges = edgesOf(offers.map(({ bin }) => bin));
  const places = edges.length + 2;
  const placeOf = (edge: number) => {
    if (edge === -Infinity) return 0;
    if (edge === Infinity) return places - 1;
    let [low, high] = [0, edges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((edges[middle] as number) < edge - SAME) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
  const arcs: Arc[] = [
    { from: 0, to: places - 1, dollars: 1, left: Infinity },
    { from: places - 1, to: 0, dollars: -1, left: Infinity },
  ];
  for (let place = 1; place < places; place += 1) arcs.push({ from: place, to: place - 1, dollars: 0, left: Infinity });
  for (const [offer, { bin, asks, bids }] of offers.entries()) {
    const [low, high] = [placeOf(bin.low), placeOf(bin.high)];
    for (const [step, { dollars, size }] of asks.entries())
      arcs.push({ from: low, to: high, dollars, taken: { offer, act: 'buy', step }, left: size });
    for (const [step, { dollars, size }] of bids.entries())
      arcs.push({ from: high, to: low, dollars: -dollars, taken: { offer, act: 'sell', step }, left: size });
  }
  return { arcs: arcs.sort(inOneOrder), places };
}

/** Ways up from the lowest on, then ways down from the highest on: most is settled in a round. */
function inOneOrder(a: Arc, b: Arc): number {
  const [isUp, isOtherUp] = [a.to > a.from, b.to > b.from];
  if (isUp !== isOtherUp) return isUp ? -1 : 1;
  return isUp ? a.from - b.from : b.from - a.from;
}

/** A circle that costs less than nothing (Bellman 1958, Ford 1956; ways in one order: Yen 1970); undefined where there is none. */
function circleIn({ arcs, places }: Network): readonly Arc[] | undefined {
  const least = new Array<number>(places).fill(0);
  const by = new Array<Arc | undefined>(places).fill(undefined);
  for (;;) {
    let isCheaper = false;
    for (const arc of arcs) {
      const dollars = (least[arc.from] as number) + arc.dollars;
      if (arc.left <= 0 || dollars >= (least[arc.to] as number) - NOTHING) continue;
      least[arc.to] = dollars;
      by[arc.to] = arc;
      isCheaper = true;
    }
    if (!isCheaper) return undefined;
    // While there is none it gets cheaper in no more rounds than there are places.
    const circle = circleOf(by);
    if (circle !== undefined) return circle;
  }
}

/** Ways by which places are reached lead back to where they began only round a circle of profit. */
function circleOf(by: readonly (Arc | undefined)[]): readonly Arc[] | undefined {
  const walk = new Array<number>(by.length).fill(-1);
  for (let begin = 0; begin < by.length; begin += 1) {
    let place: number | undefined = begin;
    while (place !== undefined && walk[place] === -1) {
      walk[place] = begin;
      place = by[place]?.from;
    }
    // On this walk already; what an earlier walk passed was found to lead nowhere.
    if (place !== undefined && walk[place] === begin) return circleThrough(place, by);
  }
  return undefined;
}

function circleThrough(begin: number, by: readonly (Arc | undefined)[]): readonly Arc[] {
  const circle: Arc[] = [];
  let place = begin;
  do {
    const arc = by[place] as Arc;
    circle.push(arc);
    place = arc.from;
  } while (place !== begin);
  return circle.reverse();
}

/** Where circles of profit are, the answer goes no more than once through each place. */
function cheapest(arcs: readonly Arc[], places: number, from: number, to: number): number {
  const least = new Array<number>(places).fill(Infinity);
  least[from] = 0;
  for (let round = 1; round < places; round += 1)
    for (const arc of arcs) {
      const dollars = (least[arc.from] as number) + arc.dollars;
      if (dollars < (least[arc.to] as number) - NOTHING) least[arc.to] = dollars;
    }
  return least[to] as number;
}

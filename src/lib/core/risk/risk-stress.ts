/**
 * What would become of the account if something bad happened: named scenarios over what is at stake, and VaR where chances are
 * given. Profits count as the limits count them: since each event's first fill, fees included.
 */
import type { ModelRefusal } from '../fair-value/types.ts';
import { refused } from '../refused.ts';
import { type EventPmf, type Family, familyOf, pnlByOutcome } from '../tail-risk/family.ts';
import { jointProfits } from '../tail-risk/joint.ts';
import { type Tail, tailOf } from '../tail-risk/tail.ts';
import { type Microdollars, microdollars, PRICE_ONE } from '../units.ts';
import { eventLossOf, type RiskEventView, type RiskMarketView, type RiskView } from './risk-view.ts';

export interface Scenario {
  readonly name: 'now' | 'worst' | 'all_yes' | 'all_no' | 'shock_down' | 'shock_up' | 'pause' | 'all_filled';
  /** Absent: the account as a whole. */
  readonly eventTicker?: string;
  /** What happens, where it has a name: the market that ends YES, or `none`. */
  readonly outcome?: string;
  /** Absent: a price that it needs was never seen. */
  readonly profit?: Microdollars;
}

/** Absent where no price was ever seen for something that is held. */
type Profit = Microdollars | undefined;

export interface StressOptions {
  /** How far every price moves, centicents, > 0. */
  readonly shock: number;
}

/** The account's scenarios, and before them each event's own worst. */
export function scenariosOf({ events }: Pick<RiskView, 'events'>, { shock }: StressOptions): readonly Scenario[] {
  const all = (profit: (event: RiskEventView) => Profit) => total(events.map(profit));
  return [
    ...events.map((event) => ({ name: 'worst' as const, eventTicker: event.eventTicker, ...worstOutcome(event) })),
    row(
      'now',
      all((event) => atMark(event, 0)),
    ),
    row('worst', microdollars(0 - sum(events.map((event) => eventLossOf(event, 'worst'))))),
    row('all_yes', all(allYes)),
    row('all_no', all(allNo)),
    row(
      'shock_down',
      all((event) => atMark(event, -shock)),
    ),
    row(
      'shock_up',
      all((event) => atMark(event, shock)),
    ),
    // Nothing can be sold nor hedged: what is held goes to its worst end. Quotes are gone, or wait with the exchange.
    row('pause', microdollars(0 - sum(events.map((event) => eventLossOf(event, 'held'))))),
    row('all_filled', microdollars(0 - sum(events.map((event) => eventLossOf(event, 'filled'))))),
  ];
}

function row(name: Scenario['name'], profit: Profit): Scenario {
  return { name, ...(profit !== undefined && { profit }) };
}

/** By outcome, with every order as bad as it can be. Where markets do not exclude one another it has no one name. */
function worstOutcome(event: RiskEventView): Pick<Scenario, 'outcome' | 'profit'> {
  const { markets, isMutuallyExclusive, past } = event;
  if (!isMutuallyExclusive && markets.length > 1) return { profit: microdollars(0 - eventLossOf(event, 'worst')) };
  const all = pnlByOutcome(markets.map(({ outcomes }) => outcomes.worst)).map((profit) => profit + past.ifNo);
  // Once one of them has ended YES no other can; its own two figures are the same by then.
  if (hasWinner(event)) return { outcome: 'none', profit: microdollars(all.at(-1) ?? 0) };
  const least = Math.min(...all);
  const at = all.indexOf(least);
  return { outcome: markets[at]?.ticker ?? 'none', profit: microdollars(least) };
}

function hasWinner({ markets, past }: RiskEventView): boolean {
  return past.isYes === true || markets.some(({ outcomes }) => outcomes.held.isYes === true);
}

/** Of markets that exclude one another only one can: the one that hurts most. */
function allYes(event: RiskEventView): Microdollars {
  const { markets, isMutuallyExclusive, past } = event;
  if (isMutuallyExclusive && hasWinner(event)) return allNo(event);
  const held = markets.map(({ outcomes }) => outcomes.held);
  if (!isMutuallyExclusive) return microdollars(past.ifNo + sum(held.map(({ ifYes }) => ifYes)));
  return microdollars(past.ifNo + Math.min(...pnlByOutcome(held).slice(0, -1)));
}

function allNo({ markets, past }: RiskEventView): Microdollars {
  return microdollars(past.ifNo + sum(markets.map(({ outcomes }) => outcomes.held.ifNo)));
}

/** Left at the exit price, moved by so much, never beyond 0 and 1. */
function atMark({ markets, past }: RiskEventView, move: number): Profit {
  const profit = total(markets.map((market) => marketAtMark(market, move)));
  return profit === undefined ? undefined : microdollars(past.ifNo + profit);
}

function marketAtMark({ held, outcomes, exitBid, exitAsk }: RiskMarketView, move: number): Profit {
  if (held === 0) return outcomes.held.ifNo;
  const mark = held > 0 ? exitBid : exitAsk;
  if (mark === undefined) return undefined;
  const moved = Math.min(PRICE_ONE, Math.max(0, mark + move));
  return microdollars(outcomes.held.ifNo + moved * held);
}

/** What is thought of events, and how they move together. */
export interface PortfolioPmf {
  readonly correlation: number;
  /** By event, a chance by market ticker; what is left out ends NO for certain. */
  readonly events: ReadonlyMap<string, { readonly chances: ReadonlyMap<string, number>; readonly none: number }>;
}

export interface StressTail extends Pick<Tail, 'valueAtRisk' | 'shortfall' | 'worst' | 'mean' | 'deviation'> {
  readonly level: number;
  /**
   * `pmf`: of the chances given, one event exactly and several by joint draws; `worst`: no chances, so every event ends at its
   * worst; `both`: events without chances at their worst beside the others.
   */
  readonly method: 'pmf' | 'worst' | 'both';
  readonly paths?: number;
  /** Events that count at their worst. */
  readonly withoutPmf: readonly string[];
}

const STRESS_PATHS = 10_000;

/** Of what is held. Refusals: those of family.ts and joint.ts, and `unknown` names in the chances. */
export function stressTails(
  { events }: Pick<RiskView, 'events'>,
  pmf: PortfolioPmf | undefined,
  levels: readonly number[],
): readonly StressTail[] | ModelRefusal {
  const families: Family[] = [];
  let fixed = 0;
  const withoutPmf: string[] = [];
  for (const event of events) {
    const given = pmf?.events.get(event.eventTicker);
    if (given === undefined) {
      withoutPmf.push(event.eventTicker);
      fixed -= eventLossOf(event, 'held');
      continue;
    }
    const family = hasWinner(event) ? settledFamily(event) : familyIn(event, given);
    if (family.kind === 'refused') return { ...family, reason: `${event.eventTicker}: ${family.reason}` };
    families.push(family);
  }
  const [only] = families;
  if (only === undefined) return levels.map((level) => worstTail(level, -fixed, withoutPmf));
  const drawn = families.length === 1 ? undefined : jointProfits(families, drawsOf(pmf));
  if (drawn?.kind === 'refused') return drawn;
  const [pnl, chances] = drawn === undefined ? [only.pnl, only.chances] : [drawn.pnl, undefined];
  const moved = Float64Array.from(pnl, (profit) => profit + fixed);
  return levels.map((level) => ({
    ...tailOf(moved, chances, level),
    // A worst that no draw happened to meet is the worst all the same.
    worst: -(fixed + sum(families.map(leastOf))),
    method: withoutPmf.length > 0 ? 'both' : 'pmf',
    ...(drawn !== undefined && { paths: STRESS_PATHS }),
    withoutPmf,
  }));
}

function drawsOf(pmf: PortfolioPmf | undefined) {
  return { paths: STRESS_PATHS, correlation: pmf?.correlation ?? 0 };
}

/** In the order of the exchange's listing, which is that of the strikes. */
function familyIn(
  { markets, isMutuallyExclusive, past }: RiskEventView,
  given: { readonly chances: ReadonlyMap<string, number>; readonly none: number },
): Family | ModelRefusal {
  const silent = markets.find(({ ticker, held }) => held !== 0 && !given.chances.has(ticker));
  if (silent !== undefined) return refused('chances', `no chance is given for ${silent.ticker}, which is held`);
  // What is not held adds nothing whatever its end is, but its chance counts: it is one more outcome without a market of ours.
  const ours = new Set(markets.map(({ ticker }) => ticker));
  const others = [...given.chances].filter(([ticker]) => !ours.has(ticker));
  const tickers = [...ours, ...others.map(([ticker]) => ticker)].sort(byStrike(given.chances));
  const byTicker = new Map(markets.map((market) => [market.ticker, market.outcomes.held]));
  const outcomes = tickers.map((ticker) => byTicker.get(ticker) ?? NOTHING);
  const pmf: EventPmf = { chances: tickers.map((ticker) => given.chances.get(ticker) ?? 0), none: given.none };
  const family = familyOf(outcomes, pmf, isMutuallyExclusive);
  if (family.kind === 'refused') return family;
  return { ...family, pnl: family.pnl.map((profit) => microdollars(profit + past.ifNo)) };
}

/** One has ended YES: what is thought of the others matters no more. */
function settledFamily(event: RiskEventView): Family {
  return { kind: 'family', pnl: [allNo(event)], chances: [1] };
}

const NOTHING = { ifNo: microdollars(0), ifYes: microdollars(0) };

/** As the chances are given: whoever gives them knows the axis. */
function byStrike(chances: ReadonlyMap<string, number>) {
  const places = new Map([...chances.keys()].map((ticker, index) => [ticker, index]));
  return (a: string, b: string) => (places.get(a) ?? places.size) - (places.get(b) ?? places.size);
}

function worstTail(level: number, worst: number, withoutPmf: readonly string[]): StressTail {
  const figures = { valueAtRisk: worst, shortfall: worst, worst, mean: Number.NaN, deviation: Number.NaN };
  return { level, ...figures, method: 'worst', withoutPmf };
}

function leastOf({ pnl, chances }: Family): number {
  return Math.min(...pnl.filter((_, index) => (chances[index] ?? 0) > 0));
}

function total(profits: readonly Profit[]): Profit {
  let all = 0;
  for (const profit of profits) {
    if (profit === undefined) return undefined;
    all += profit;
  }
  return microdollars(all);
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

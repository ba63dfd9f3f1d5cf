/** What happens in a run, drawn from its seed alone: which scenario, at which point, the how-manieth time, when, whom. */
import { chance, integer, type RandomStream, seededStream } from '../../src/lib/sim/random.ts';
import { POINTS } from './points.ts';
import { SCENARIO_NAMES } from './scenarios.ts';

export interface Plan {
  readonly seed: number;
  readonly scenario: string;
  /** Of the source, for scenarios that kill at one. */
  readonly point?: string;
  /** At the N-th passing, or the N-th call of its kind. */
  readonly nth: number;
  /** Who dies: the trader alone, or the supervisor with it. */
  readonly victims: 'trader' | 'both';
  /** Milliseconds after it quotes. */
  readonly afterMs: number;
  readonly lastsMs: number;
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP';
  readonly clockStepMs: number;
  readonly leaseSeconds: number;
  /** On the links too, from the first call after a death on. */
  readonly alongside?: Alongside;
}

const ALONGSIDE = ['lose_answers', 'too_many_requests', 'delay_frames'] as const;
type Alongside = (typeof ALONGSIDE)[number];

/** The N-th passing, from the first on: of what a turn passes, of what an order passes, of what a life passes once or twice. */
const NTHS = { turn: [1, 2, 3, 5, 8, 13, 21, 34], order: [1, 2, 3, 5, 8, 13], life: [1, 1, 2] } as const;
/** Small ones stay below what the exchange refuses, large ones above. */
const CLOCK_STEPS_MS = [-120_000, -4_000, -1_000, 1_000, 4_000, 120_000] as const;

/** Where leases have to be renewed or to end within the run; else they must not be what empties the book. */
const RENEWING = /^F29-|amend/;
const LEASE_SECONDS = { least: 10, usual: 120 };

/**
 * One scenario after the other as the seeds go up, so that a batch as long as the list has each of them once, and those
 * with an N get the next one each time round.
 */
export function drawPlan(seed: number, names: readonly string[] = SCENARIO_NAMES): Plan {
  const scenario = names[seed % names.length] as string;
  const round = Math.floor(seed / names.length);
  const random = seededStream(`chaos ${seed}`);
  const nths = NTHS[passedPer(scenario)];
  const point = scenario.startsWith(AT_POINT) ? { point: scenario.slice(AT_POINT.length) } : {};
  return {
    ...{ seed, scenario, ...point },
    nth: nths[round % nths.length] ?? 1,
    victims: chance(random, 0.5) ? 'both' : 'trader',
    afterMs: integer(random, 0, 1_500),
    lastsMs: integer(random, 1_500, 7_000),
    signal: chance(random, 0.5) ? 'SIGINT' : 'SIGTERM',
    leaseSeconds: RENEWING.test(scenario) ? LEASE_SECONDS.least : LEASE_SECONDS.usual,
    clockStepMs: drawn(random, CLOCK_STEPS_MS),
    ...(chance(random, ALONGSIDE_CHANCE) ? { alongside: drawn(random, ALONGSIDE) } : {}),
  };
}

const ALONGSIDE_CHANCE = 0.3;

function drawn<Item>(random: RandomStream, items: readonly [Item, ...Item[]]): Item {
  return items[integer(random, 0, items.length - 1)] ?? items[0];
}

function passedPer(scenario: string): keyof typeof NTHS {
  const point = POINTS.find(({ name }) => scenario === AT_POINT + name);
  if (point === undefined) return 'order';
  return point.phase === 'quoting' ? 'turn' : 'life';
}

/** Scenarios that kill at a point of the source are named after it. */
const AT_POINT = 'F28-at-';

/**
 * The gates between sim, shadow, one lot and more (E-13). Thresholds stand here, fixed before any evidence is looked at: to
 * move one is a change of the program with a reason, no flag. A gate without evidence is not passed, and says what gives it some.
 */

export const STEPS = ['sim_to_shadow', 'shadow_to_one_lot', 'one_lot_to_scale'] as const;
export type Step = (typeof STEPS)[number];

/** What a gate is judged by. */
export type Measure = 'reconciled' | 'days' | 'net' | 'honest' | 'fresh' | 'young' | 'killed' | 'tail';

export interface Gate {
  readonly id: string;
  readonly step: Step;
  readonly measure: Measure;
  /** What is asked, in words; of a shadow the exchange is its own, on paper. */
  readonly asks: string;
  /**
   * Days; for `honest` those with settled fills, for `net` the edge in cents a contract that n is worked out for; of `fresh` and
   * `tail` the highest share, in percent; of `young` days of age; of `killed` seconds to the proof.
   */
  readonly threshold: number;
  /** Where the threshold comes from. */
  readonly source: string;
  /** What would give it evidence, where that is not plain. */
  readonly wants?: string;
}

/** No verdict on fewer events, whatever they scatter (math.md section 18). */
export const EVENTS_MIN = 30;

/** An edge of one cent is what the sample table of math.md section 18 begins with. */
const EDGE_CENTS = 1;

const EV_ASKS = 'net a contract after fees is above zero, by its 95 % interval';
const VERDICT = 'math.md section 18: n = (1.96·sd/edge)² for an edge of 1 ¢, at least 30 events';

function money(step: Step): readonly Gate[] {
  return [
    {
      ...{ id: 'reconciled', step, measure: 'reconciled', threshold: 1 },
      ...{ asks: 'the ledger equals the exchange to the last digit', source: 'X-9' },
    },
    { id: 'ev', step, measure: 'net', asks: EV_ASKS, threshold: EDGE_CENTS, source: VERDICT },
  ];
}

const OLD_PERCENT = 0.1;
/** Looks come every quarter of a minute: an hour of them. */
export const YOUNG_LOOKS = 240;
/** Below this a cancel has left, and below `killed` two empty listings prove that nothing rests. */
export const FIRST_CANCEL_MS_MAX = 1_000;
const PROVED_S = 10;
/** A drill of an older version, host or key says little of today's. */
export const DRILL_DAYS = 30;

function pilot(step: Step, quotes: string): readonly Gate[] {
  return [
    {
      ...{ id: 'freshness', step, measure: 'fresh', threshold: OLD_PERCENT },
      asks: `old data behind quotes in at most ${OLD_PERCENT} % of looks, by its 95 % interval: book 5 s, index 3 s (0.7 s in a level's last minute), forecast its own limit`,
      ...{ source: 'E-1, E-13; a look every 15 s', wants: quotes },
    },
    {
      ...{ id: 'parameter_age', step, measure: 'young', threshold: 7 },
      asks: 'no quote stood on parameters that were fitted more than seven days ago, over at least an hour of looks',
      source: 'E-3, E-13; a look every 15 s',
      wants: `${quotes}, on fitted parameters: kmm model fit quoter, blend or index`,
    },
    {
      ...{ id: 'kill_switch', step, measure: 'killed', threshold: PROVED_S },
      asks: `a kill of the account in the last ${DRILL_DAYS} days took orders away: first cancel in 1 s, two empty listings in ${PROVED_S} s; so did the last one`,
      source: 'E-13; operator.md section 10, reliability.md section 5',
      wants: 'one order that rests, kmm trade buy TICKER 1 1c --post-only --tif gtt:300, and then kmm kill',
    },
  ];
}

/** As long as the simulated week over which the money has to reconcile. */
const SIM_DAYS = 7;
const HONEST_DAYS = 30;
/** VaR at 95 %: more is lost in one event of twenty. More than that is shown to be too often, twice that must be ruled out. */
export const TAIL_SHARE = 0.05;
const TAIL_PERCENT_MAX = 10;

export const GATES: readonly Gate[] = [
  ...money('sim_to_shadow'),
  {
    ...{ id: 'days', step: 'sim_to_shadow', measure: 'days', threshold: SIM_DAYS },
    ...{ asks: 'days with a session', source: 'X-9, over a simulated week' },
  },
  ...money('shadow_to_one_lot'),
  ...pilot('shadow_to_one_lot', 'a shadow run that quotes: kmm run --shadow'),
  ...money('one_lot_to_scale'),
  ...pilot('one_lot_to_scale', 'a session that quotes: kmm run'),
  {
    ...{ id: 'days', step: 'one_lot_to_scale', measure: 'days', threshold: HONEST_DAYS },
    ...{ asks: 'days with a session', source: 'E-13: scale only after 30 days' },
  },
  {
    ...{ id: 'honest_ev', step: 'one_lot_to_scale', measure: 'honest', threshold: HONEST_DAYS },
    asks: '30 days of fills that earned what they promised, and no model or bin that is off',
    source: 'E-13; math.md section 18: H − 1.645·se above 0, H + 1.645·se not below 1, at least 30 events',
  },
  {
    ...{ id: 'var', step: 'one_lot_to_scale', measure: 'tail', threshold: TAIL_PERCENT_MAX },
    asks: `events that lost more than their VaR at 95 %: not above 5 %, and below ${TAIL_PERCENT_MAX} % by the 95 % interval`,
    source: 'E-7, E-13; math.md section 17; Wilson, an event is one observation',
    wants: 'positions held at a fixed time to close in events that settle',
  },
];

/**
 * The gates between sim, shadow, one lot and more (E-13). Thresholds stand here, fixed before any evidence is looked at: to
 * move one is a change of the program with a reason, no flag. What nobody measures yet is a gate too, and never passed.
 */

export const STEPS = ['sim_to_shadow', 'shadow_to_one_lot', 'one_lot_to_scale'] as const;
export type Step = (typeof STEPS)[number];

/** What a gate is judged by; `none`: nothing records it yet. */
export type Measure = 'reconciled' | 'days' | 'net' | 'honest' | 'none';

export interface Gate {
  readonly id: string;
  readonly step: Step;
  readonly measure: Measure;
  /** What is asked, in words; of a shadow the exchange is its own, on paper. */
  readonly asks: string;
  /** Days; for `honest` those with settled fills, for `net` the edge in cents a contract that n is worked out for. */
  readonly threshold: number | null;
  /** Where the threshold comes from. */
  readonly source: string;
  /** Of `none`: why. */
  readonly missing?: string;
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
      ...{ id: 'reconciled', step, measure: 'reconciled', threshold: null },
      ...{ asks: 'the ledger equals the exchange to the last digit', source: 'X-9' },
    },
    { id: 'ev', step, measure: 'net', asks: EV_ASKS, threshold: EDGE_CENTS, source: VERDICT },
  ];
}

function unmeasured(step: Step, id: string, asks: string, missing: string): Gate {
  return { ...{ id, step, measure: 'none', threshold: null }, asks, missing, source: 'E-13' };
}

/** As long as the simulated week over which the money has to reconcile. */
const SIM_DAYS = 7;
const HONEST_DAYS = 30;

export const GATES: readonly Gate[] = [
  ...money('sim_to_shadow'),
  {
    ...{ id: 'days', step: 'sim_to_shadow', measure: 'days', threshold: SIM_DAYS },
    ...{ asks: 'days with a session', source: 'X-9, over a simulated week' },
  },
  ...money('shadow_to_one_lot'),
  unmeasured(
    'shadow_to_one_lot',
    'freshness',
    'quotes stood on fresh data',
    'nothing records the age of data at each quote',
  ),
  unmeasured(
    'shadow_to_one_lot',
    'parameter_age',
    'parameters are young enough',
    'nothing records when models were fitted',
  ),
  unmeasured(
    'shadow_to_one_lot',
    'kill_switch',
    'the kill switch was tried and verified',
    'nothing records drills of the kill switch',
  ),
  ...money('one_lot_to_scale'),
  {
    ...{ id: 'days', step: 'one_lot_to_scale', measure: 'days', threshold: HONEST_DAYS },
    ...{ asks: 'days with a session', source: 'E-13: scale only after 30 days' },
  },
  {
    ...{ id: 'honest_ev', step: 'one_lot_to_scale', measure: 'honest', threshold: HONEST_DAYS },
    asks: '30 days of fills that earned what they promised, and no model or bin that is off',
    source: 'E-13; math.md section 18: H − 1.645·se above 0, H + 1.645·se not below 1, at least 30 events',
  },
  unmeasured('one_lot_to_scale', 'var', 'value at risk stayed within its limit', 'no history of VaR is kept'),
];

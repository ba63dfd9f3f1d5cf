/** The gates that are about how it trades, not what it earned: data, parameters, the kill switch, what was risked (E-13). */
import type { AgeTally } from './data-age.ts';
import type { Exceedances } from './event-tail.ts';
import { type Gate, TAIL_SHARE, YOUNG_LOOKS } from './gates.ts';
import { drillFault, type KillDrill } from './kill-drill.ts';
import { neededFor, type ShareVerdict, shareVerdict } from './shares.ts';
import { type GateVerdict, notMeasured } from './verdict.ts';

const PERCENT = 100;
const DAY_MS = 86_400_000;

export function fresh(gate: Gate, ages: readonly AgeTally[] | undefined): GateVerdict {
  if (ages === undefined) return notMeasured(gate, wanted(gate, 'no look at quotes is on record'));
  const most = gate.threshold / PERCENT;
  const all = ages.find(({ kind }) => kind === 'any');
  const verdict = all === undefined ? undefined : shareVerdict(all.old, all.looks, most, most);
  if (all === undefined || verdict === undefined) return none(gate, neededFor(0, most));
  const old = ages.filter((one) => one.kind !== 'any' && one.kind !== 'parameters' && one.old > 0);
  const reason = old.map(({ kind, old: times, looks }) => `${kind}: old in ${times} of ${looks} looks`).join('; ');
  return { gate, had: all.looks, reason, ...figuresOf(verdict) };
}

export function young(gate: Gate, ages: readonly AgeTally[] | undefined): GateVerdict {
  if (ages === undefined) return notMeasured(gate, wanted(gate, 'no look at quotes is on record'));
  const fitted = ages.find(({ kind }) => kind === 'parameters');
  const looks = ages.find(({ kind }) => kind === 'any')?.looks ?? 0;
  if (fitted === undefined) {
    return looks === 0
      ? none(gate, YOUNG_LOOKS)
      : { ...none(gate, YOUNG_LOOKS), reason: wanted(gate, `in ${looks} looks nothing that was fitted was in use`) };
  }
  const verdict = {
    ...{ ...none(gate, YOUNG_LOOKS), had: fitted.looks, figure: fitted.ageMsMax / DAY_MS },
    reason: fitted.old > 0 ? `older in ${fitted.old} of ${fitted.looks} looks` : '',
  };
  if (fitted.old > 0) return { ...verdict, outcome: 'failed' };
  return { ...verdict, outcome: fitted.looks >= YOUNG_LOOKS ? 'passed' : 'too_few' };
}

/** @param drills the oldest first */
export function killed(gate: Gate, drills: readonly KillDrill[] | undefined): GateVerdict {
  if (drills === undefined) return notMeasured(gate, wanted(gate, 'no kill is on record'));
  const last = drills.at(-1);
  if (last === undefined) return none(gate, 1);
  const faults = drills.map((drill) => drillFault(drill, gate.threshold * 1_000));
  const fault = faults.at(-1);
  return {
    ...{ ...none(gate, 1), had: faults.filter((one) => one === undefined).length },
    figure: last.confirmedMs === null ? null : last.confirmedMs / 1_000,
    outcome: fault === undefined ? 'passed' : 'failed',
    reason: fault === undefined ? '' : `of the last kill: ${fault}`,
  };
}

export function tail(gate: Gate, found: Exceedances | undefined): GateVerdict {
  if (found === undefined) return notMeasured(gate, 'not measured by what feeds this step');
  const { events, exceeded, withoutPmf } = found;
  const most = gate.threshold / PERCENT;
  const verdict = shareVerdict(exceeded, events, TAIL_SHARE, most);
  const left = withoutPmf === 0 ? '' : `${withoutPmf} more known at their worst case alone, which nothing exceeds`;
  if (verdict === undefined) {
    return { ...none(gate, neededFor(0, most)), reason: [none(gate, 0).reason, left].filter(Boolean).join('; ') };
  }
  return { gate, had: events, reason: left, ...figuresOf(verdict) };
}

function figuresOf({ kind, share, low, high, needed }: ShareVerdict) {
  return {
    outcome: kind === 'few' ? ('passed' as const) : kind === 'many' ? ('failed' as const) : ('too_few' as const),
    needed,
    figure: share * PERCENT,
    interval: { low: low * PERCENT, high: high * PERCENT },
  };
}

/** It is measured, and there was nothing yet. */
function none(gate: Gate, needed: number | null): GateVerdict {
  return { ...notMeasured(gate, wanted(gate, 'nothing yet')), outcome: 'too_few', needed, had: 0 };
}

function wanted({ wants }: Gate, fact: string): string {
  return wants === undefined ? fact : `${fact}; it takes ${wants}`;
}

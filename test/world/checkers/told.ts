/** I14: whoever is to be told of a halt is told within 5 s, and no more than ten times in an hour of the same. */
import type { Alert } from '../../../src/lib/core/alerts/condition.ts';
import type { CheckerMaker } from '../observation.ts';
import type { FaultKind } from '../plan.ts';

const QUEUED_MS = 5_000;
const TOLD_MAX = 10;
const HOUR_MS = 3_600_000;

export const told: CheckerMaker = ({ faults }) => {
  const isPrompt = !faults.some(({ kind }) => SLOW.has(kind));
  const alerts = new Map<string, Alert[]>();
  const haltedAt = new Map<string, number>();

  function heard(alert: Alert): string | undefined {
    const past = alerts.get(alert.key) ?? [];
    past.push(alert);
    alerts.set(alert.key, past);
    const lately = past.filter(({ at }) => at > alert.at - HOUR_MS).length;
    return lately > TOLD_MAX ? `${alert.key} was told ${lately} times in an hour` : undefined;
  }

  /** It may have been told so often that what is left is summed up later. */
  function isTold(key: string): boolean {
    const past = alerts.get(key) ?? [];
    return past.length >= TOLD_MAX || (past.length > 0 && past.at(-1)?.change !== 'cleared');
  }

  return (seen) => {
    if (seen.kind === 'began') {
      haltedAt.clear();
      alerts.clear();
      for (const alert of seen.told) heard(alert);
    }
    if (seen.kind === 'told') return seen.alerts.map(heard).find((problem) => problem !== undefined);
    if (seen.kind !== 'second') return undefined;
    const { on, at } = seen;
    if (on === undefined || !isPrompt) return undefined;
    for (const name of haltedAt.keys()) if (!on.includes(name)) haltedAt.delete(name);
    for (const name of on) if (!haltedAt.has(name)) haltedAt.set(name, at);
    const untold = [...haltedAt].find(([name, since]) => at > since + QUEUED_MS && !isTold(`halt ${name}`));
    return untold && `${untold[0]} has been on for ${at - untold[1]} ms, and nobody was told`;
  };
};

/** Where the process itself stands still. */
const SLOW: ReadonlySet<FaultKind> = new Set(['frozen', 'starved']);

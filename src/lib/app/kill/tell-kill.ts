/**
 * Queues what an operator elsewhere is to hear of a kill: that there was one, and whether it is proved that nothing rests.
 * The trader may be dead, so the kill tells it itself, last of all. What cannot be queued is given back, for whoever killed
 * to tell it over the channels all the same.
 */
import { existsSync } from 'node:fs';
import { openJournal } from '../../adapters/store/journal.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import type { Alert, AlertChange } from '../../core/alerts/condition.ts';
import { haltCondition } from '../../core/alerts/halt-conditions.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { Access } from '../config/access.ts';
import { scrub } from '../keys/secret.ts';
import type { KillReport } from './kill-report.ts';

const UNCONFIRMED = 'kill unconfirmed';

/** Those that no queue took. */
export function tellKill({ env, home }: Access, report: KillReport, reason: string, now: number): readonly Alert[] {
  const at = epochMs(now);
  const journal = existsSync(home.database) ? openJournal({ path: home.database, env, access: 'guest' }) : undefined;
  if (journal === undefined || journal instanceof StoreProblem) return alertsOf(report, reason, at, undefined);
  try {
    const last = journal.toldAlerts(at).findLast(({ key }) => key === UNCONFIRMED)?.change;
    const alerts = alertsOf(report, reason, at, last);
    return journal.queueAlerts(alerts) === undefined ? [] : alerts;
  } finally {
    journal.close();
  }
}

function alertsOf(report: KillReport, reason: string, at: EpochMs, last: AlertChange | undefined): readonly Alert[] {
  const alerts = report.isLatched ? report.covers.map((scope) => killed(report, scope, reason, at)) : [];
  if (!report.isConfirmed || last === 'raised' || last === 'changed') alerts.push(proof(report, at));
  return alerts.map((alert) => ({ ...alert, text: scrub(alert.text) }));
}

function killed({ isConfirmed, resting }: KillReport, scope: string, reason: string, at: EpochMs): Alert {
  const position = isConfirmed ? 'nothing rests' : `${resting.length} orders are known to rest`;
  const condition = haltCondition({ name: 'KILLED', scope, reason }, position);
  return { ...condition, change: 'raised', stage: '', at };
}

function proof({ isConfirmed, resting }: KillReport, at: EpochMs): Alert {
  const text = isConfirmed
    ? 'a later kill is confirmed: nothing rests'
    : `the kill is not confirmed: ${resting.length} orders are known to rest, more may; kmm kill again, then the web page`;
  return { key: UNCONFIRMED, priority: 'critical', change: isConfirmed ? 'cleared' : 'raised', stage: '', text, at };
}

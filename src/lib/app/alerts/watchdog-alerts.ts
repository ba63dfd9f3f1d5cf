/** What a watchdog tells of itself: that it has fired, and what keeps it from watching. Pure. */
import type { Alert } from '../../core/alerts/condition.ts';
import type { EpochMs } from '../../core/units.ts';
import type { WatchdogRecord } from '../watchdog/watchdog-records.ts';

export function watchdogAlerts(record: WatchdogRecord, now: EpochMs): readonly Alert[] {
  switch (record.type) {
    case 'watchdog_fired': {
      const { isConfirmed, isLatched, resting } = record.kill;
      const proof = isConfirmed
        ? 'nothing rests'
        : `NOT confirmed, ${resting.length} orders are known to rest: kmm kill`;
      const halt = isLatched ? 'KILLED stays until kmm resume' : 'no halt could be latched: kmm kill';
      const text = `the watchdog has killed: ${record.reason}; ${proof}; positions stay; ${halt}`;
      return [{ key: 'watchdog fired', priority: 'critical', change: 'raised', stage: record.at, text, at: now }];
    }
    case 'watchdog_problem': {
      const change = record.isOver ? 'cleared' : 'raised';
      const text = `the watchdog: ${record.text}`;
      return [{ key: 'watchdog problem', priority: 'high', change, stage: '', text, at: now }];
    }
    case 'watchdog':
    case 'watchdog_check':
      return [];
    default:
      return record satisfies never;
  }
}

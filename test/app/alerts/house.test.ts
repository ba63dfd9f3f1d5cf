/** What the supervisor, a watchdog and cron tell, and when somebody outside may believe that all is well. */
import { describe, expect, it } from 'vitest';
import { type HouseFacts, houseConditions, isWell } from '../../../src/lib/app/alerts/house-conditions.ts';
import { statusAlerts } from '../../../src/lib/app/alerts/status-alerts.ts';
import { watchdogAlerts } from '../../../src/lib/app/alerts/watchdog-alerts.ts';
import { problemsOf } from '../../../src/lib/app/status/problems.ts';
import type { JournalStatus, StatusFacts } from '../../../src/lib/app/status/status.ts';
import type { WatchdogFired } from '../../../src/lib/app/watchdog/watchdog-records.ts';
import type { Alert } from '../../../src/lib/core/alerts/condition.ts';
import { HALT_CLEARS, type HaltName } from '../../../src/lib/core/risk/halts.ts';
import { type EpochMs, epochMs } from '../../../src/lib/core/units.ts';

const NOW = epochMs(Date.UTC(2026, 10, 20, 17));
const HOUR_MS = 3_600_000;
const later = (hours: number): EpochMs => epochMs(NOW + hours * HOUR_MS);

/** "high house disk" */
function conditions(facts: HouseFacts): string[] {
  return houseConditions(facts, NOW).map(({ priority, key }) => `${priority} ${key}`);
}

describe('the supervisor tells of', () => {
  it.each<[string, HouseFacts, readonly string[]]>([
    ['nothing that it does not know', {}, []],
    ['a disk with less than a tenth free', { disk: { freeBytes: 9.9, totalBytes: 100 } }, ['high house disk']],
    ['no disk that has a tenth', { disk: { freeBytes: 10, totalBytes: 100 } }, []],
    ['a stop within the hour', { stop: { startsAt: later(1), endsAt: later(2) } }, ['medium house maintenance']],
    ['no stop that is further off', { stop: { startsAt: later(1.01), endsAt: later(2) } }, []],
    ['no stop that runs: the halt says so', { stop: { startsAt: later(-0.1), endsAt: later(2) } }, []],
    ['an attestation that ends within the day', { attestedUntil: later(24) }, ['high house attestation']],
    ['one that has ended', { attestedUntil: later(-1) }, ['high house attestation']],
    ['none that lasts', { attestedUntil: later(25) }, []],
    ['a trader that died', { trader: { text: 'it died', isGivenUp: false } }, ['high house trader']],
    ['one that nobody starts again', { trader: { text: 'it died', isGivenUp: true } }, ['critical house trader']],
    ['cancels without proof', { unconfirmed: 'two orders are listed' }, ['critical house unconfirmed']],
  ])('%s', (_what, facts, wanted) => expect(conditions(facts)).toEqual(wanted));

  it('a stop by its time in New York', () => {
    const [{ text } = { text: '' }] = houseConditions({ stop: { startsAt: later(0.5), endsAt: later(2.5) } }, NOW);
    expect(text).toContain('the exchange stops in 30 minutes: 2026-11-20 12:30 ET to 2026-11-20 14:30 ET');
  });
});

describe('all is well', () => {
  const well = { turnAgeMs: 900, halts: [] };
  const halted = (name: HaltName, scope = '*') => isWell({ ...well, halts: [{ name, scope }] });

  it('while turns are made', () => {
    expect(isWell(well)).toBe(true);
    expect(isWell({ ...well, turnAgeMs: 30_001 })).toBe(false);
    expect(isWell({ halts: [] })).toBe(false);
  });

  it('but not while a person is waited for; a pause and what ends by itself are fine', () => {
    const names = Object.keys(HALT_CLEARS) as HaltName[];
    const fine = names.filter((name) => halted(name, 'KX-1'));
    const wanted = names.filter((name) => HALT_CLEARS[name] === 'self' || name === 'PAUSED' || name === 'STOPPING');
    expect(fine).toEqual(wanted);
    expect(halted('UNKNOWN')).toBe(false);
    expect(halted('UNKNOWN', 'KX-1')).toBe(true);
  });

  it('and not while nobody could be told otherwise for five minutes', () => {
    expect(isWell({ ...well, untoldMs: 300_000 })).toBe(true);
    expect(isWell({ ...well, untoldMs: 300_001 })).toBe(false);
  });
});

describe('a watchdog', () => {
  const line = { schemaVersion: 1, env: 'prod', at: '2026-11-20T17:00:00.000Z' } as const;
  const fired = (isConfirmed: boolean): WatchdogFired => ({
    ...{ ...line, type: 'watchdog_fired', reason: 'no turn for 21 s' },
    kill: { isConfirmed, isLatched: true, resting: [] } as unknown as WatchdogFired['kill'],
  });

  it('tells that it has fired, and whether anything may rest', () => {
    expect(watchdogAlerts(fired(true), NOW)).toMatchObject([
      { key: 'watchdog fired', priority: 'critical', change: 'raised', stage: line.at },
    ]);
    expect(watchdogAlerts(fired(true), NOW)[0]?.text).toMatch(/no turn for 21 s; nothing rests/);
    expect(watchdogAlerts(fired(false), NOW)[0]?.text).toMatch(/NOT confirmed.*kmm kill/);
  });

  it('tells what keeps it from watching, and its end', () => {
    const problem = (isOver: boolean) => watchdogAlerts({ ...line, type: 'watchdog_problem', text: 't', isOver }, NOW);
    expect([problem(false), problem(true)].flat().map(({ change }) => change)).toEqual(['raised', 'cleared']);
  });
});

describe('cron', () => {
  const session = { session: 3, account: 'us', version: '0', startedAt: later(-1) };
  const empty = { latches: [], openOrders: [], positions: [], alerts: [] };
  const gone: StatusFacts = { env: 'sim', now: NOW, journal: { ...empty, session } };
  const ended: JournalStatus = { ...empty, session: { ...session, endedAt: NOW } };
  const well: StatusFacts = { ...gone, journal: ended };
  const told = (facts: StatusFacts, before: readonly Alert[] = []) =>
    statusAlerts(facts, problemsOf(facts), before, NOW);
  const words = (alerts: readonly Alert[]) => alerts.map(({ priority, change, key }) => `${priority} ${change} ${key}`);

  it('tells what is wrong once, however often it asks, and its end', () => {
    const first = told(gone);
    expect(words(first)).toEqual(['critical raised status trader_died']);
    expect(told(gone, first)).toEqual([]);
    expect(words(told(well, first))).toEqual(['critical cleared status trader_died']);
    expect(told(well)).toEqual([]);
  });

  it('tells of a halt where nobody has, and ends none', () => {
    const latch = { name: 'RECONCILE', scope: '*', since: NOW, reason: 'r', by: 'ann' } as const;
    const halted: StatusFacts = { ...well, journal: { ...ended, latches: [latch] } };
    const first = told(halted);
    expect(words(first)).toEqual(['critical raised halt RECONCILE *']);
    expect([told(halted, first), told(well, first)]).toEqual([[], []]);
  });
});

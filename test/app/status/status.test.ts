/** `kmm status`: what is wrong, what comes next, and how it reads; from a trader on its socket, a deaf one, and none. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { glyphs } from '../../../src/format.ts';
import { LatchFiles } from '../../../src/lib/adapters/store/latch-files.ts';
import { listenControl } from '../../../src/lib/adapters/system/control-socket.ts';
import { acquireLock } from '../../../src/lib/adapters/system/lock.ts';
import { homeOf } from '../../../src/lib/app/config/home.ts';
import { nextSteps } from '../../../src/lib/app/status/next-step.ts';
import { haltsOf, problemsOf } from '../../../src/lib/app/status/problems.ts';
import { type JournalStatus, type StatusFacts, statusOf } from '../../../src/lib/app/status/status.ts';
import type { Halt } from '../../../src/lib/core/risk/halts.ts';
import { microdollars } from '../../../src/lib/core/units.ts';
import type { TraderView } from '../../../src/lib/core/view.ts';
import { statusLines } from '../../../src/print/operator/status-text.ts';
import { amend, begun, commit, create, FILL, openedJournal, START, T0 } from '../../support/journal.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { at, market, NOW, size, view } from '../../tui/views.ts';

const halt = (name: Halt['name'], scope = '*'): Halt => ({
  name,
  scope,
  since: at(-60_000),
  reason: `because of ${name}`,
});
const LOCK = { pid: 4_711, since: at(-300_000) };
const SESSION = { session: 3, account: 'us', version: '0', startedAt: at(-300_000), endedAt: at(-1_000) };
const JOURNAL: JournalStatus = { session: SESSION, latches: [], openOrders: [], positions: [], alerts: [] };

function facts(changes: Partial<StatusFacts> = {}): StatusFacts {
  return { env: 'sim', now: NOW, journal: JOURNAL, ...changes };
}

function running(changes: Partial<TraderView> = {}, more: Partial<StatusFacts> = {}): StatusFacts {
  return facts({ lock: LOCK, trader: { view: { ...view(), ...changes } }, ...more });
}

const ARMED = { until: at(3_600_000), exposure: microdollars(5e8), keyId: 'k', fingerprint: 'f', by: 'ann', at: NOW };
const OPEN_ORDER = {
  ...{ account: 'us', clientOrderId: 'kmm-1', ticker: 'KX-1', side: 'bid' as const },
  ...{ price: 4_500 as never, remaining: size(5) },
};

describe('an alert that nobody has acknowledged', () => {
  const alert = { id: 7, key: 'tape', priority: 'high', change: 'cleared', text: 't', at: NOW } as const;
  const open = facts({ journal: { ...JOURNAL, alerts: [{ ...alert, acknowledgedAt: null, isOpen: 1 }] } });

  it('is counted, leads to the list, and is nothing wrong by itself', () => {
    expect(problemsOf(open)).toEqual([]);
    expect(nextSteps(open, [])).toEqual(['kmm alert list --env sim']);
    expect(statusLines(open, [], [], { signs: glyphs(false), zone: 'ET' })[0]).toContain('alerts 1 open');
  });
});

describe('status --check', () => {
  const { endedAt: _, ...unended } = SESSION;
  it.each<[string, StatusFacts, readonly string[]]>([
    ['nothing where a trader quotes', running(), []],
    ['nothing where one ended in order', facts(), []],
    ['nothing where a person has paused', running({ halts: [halt('PAUSED')] }), []],
    ['nothing where a halt ends with its cause', running({ halts: [halt('STALE', 'KX-1')] }), []],
    ['a halt that an operator clears', running({ halts: [halt('RECONCILE')] }), ['halted']],
    ['a halt that ends with the process', running({ halts: [halt('INVARIANT')] }), ['halted']],
    [
      'a latch where nothing runs',
      facts({ journal: { ...JOURNAL, latches: [{ ...halt('KILLED'), by: 'ann' }] } }),
      ['halted'],
    ],
    [
      'an order of unknown fate for longer than 30 s',
      running({ unknownOrders: 1, unknownSince: at(-31_000) }),
      ['unknown_order'],
    ],
    ['nothing of one that is younger', running({ unknownOrders: 1, unknownSince: at(-29_000) }), []],
    ['an exchange that is not heard', running({ heardAt: at(-16_000) }), ['feed_silent']],
    ['a trader that does not answer', facts({ lock: LOCK, trader: { silence: 'no answer' } }), ['trader_silent']],
    [
      'nothing of one that still starts',
      facts({ lock: { pid: 1, since: at(-20_000) }, trader: { silence: 'ENOENT' } }),
      [],
    ],
    ['a session that nobody ended', facts({ journal: { ...JOURNAL, session: unended } }), ['trader_died']],
    ['orders that nobody watches', facts({ journal: { ...JOURNAL, openOrders: [OPEN_ORDER] } }), ['orders_left']],
    ['a journal that cannot be read', facts({ journal: { trouble: 'damaged' } }), ['journal_unreadable']],
    ['a trader on production that is not armed', running({}, { env: 'prod' }), ['not_armed']],
    ['nothing while it is', running({}, { env: 'prod', journal: { ...JOURNAL, arming: ARMED } }), []],
    [
      'an arming that has ended',
      running({}, { env: 'prod', journal: { ...JOURNAL, arming: { ...ARMED, until: NOW } } }),
      ['not_armed'],
    ],
  ])('says %s', (_what, given, names) => {
    expect(problemsOf(given).map(({ name }) => name)).toEqual(names);
    expect(problemsOf(given).every(({ text, next }) => text !== '' && next.length > 0)).toBe(true);
  });
});

describe('status', () => {
  const lines = (given: StatusFacts) => {
    const problems = problemsOf(given);
    return statusLines(given, problems, nextSteps(given, problems), { signs: glyphs(false), zone: 'ET' });
  };

  it('gives what comes after midnight its date, though it is less than a day away', () => {
    const coming = [
      { kind: 'freeze', name: 'KXHIGHNY-26NOV20-T50', at: at(9 * 3_600_000) },
      { kind: 'news', name: 'NWS climate report', at: at(18 * 3_600_000) },
    ] as const;
    expect(lines(running({ coming })).join('\n')).toContain(
      'next    23:02:11 freeze KXHIGHNY-26NOV20-T50  ·  2026-11-21 08:02:11 ET news NWS climate report',
    );
  });

  it('of a trader answers the five questions on one screen', () => {
    const silent = market({
      ticker: 'KXTSAW-26NOV22',
      state: 'stale',
      why: 'nothing heard from the exchange',
      position: size(0),
    });
    const journal = { ...JOURNAL, arming: ARMED, latches: [{ ...halt('FEES', 'KXTSAW-26NOV22'), by: 'the trader' }] };
    const given = running(
      { markets: [market({ freezeAt: at(709_000) }), silent], halts: [halt('FEES', 'KXTSAW-26NOV22')] },
      { env: 'prod', journal },
    );
    expect(lines(given)).toMatchInlineSnapshot(`
      [
        "PROD armed 1h00, until 15:02:11 ET   ● quoting, 1 of 2 markets quoted   halts 1   alerts 0   unknown 0",
        "money   realized +6.40   unrealized -11.46   fees 0.24   loss today —",
        "risk    total 112/300   worst event —   worst market —   4 orders resting",
        "feed    heard 0.3 s ago   oldest book 0.3 s   turn 4321",
        "hold    KXBTC15M-26NOV201415-15 +35 @ 44.1¢, mark 46.5",
        "clock   KXBTC15M-26NOV201415-15 MAKE until 14:14:00  ·  KXTSAW-26NOV22 MAKE until 14:14:00",
        "silent  KXTSAW-26NOV22 STALE: nothing heard from the exchange",
        "halt    FEES on KXTSAW-26NOV22 since 2026-11-20 14:01:11 ET by the trader: because of FEES; kmm resume FEES --scope KXTSAW-26NOV22",
        "next    14:02:23 news FOMC  ·  14:14:00 freeze KXBTC15M-26NOV201415-15  ·  2026-11-26 14:02:11 ET maintenance  → kmm why KXTSAW-26NOV22 · kmm resume FEES --scope KXTSAW-26NOV22 --env prod",
      ]
    `);
  });

  it('without a trader says what rests and what is held by the journal', () => {
    const journal = { ...JOURNAL, openOrders: [OPEN_ORDER], positions: [{ ticker: 'KX-1', position: size(-3) }] };
    expect(lines(facts({ journal }))).toMatchInlineSnapshot(`
      [
        "SIM   ○ no kmm runs here; session 3 ended 2026-11-20 14:02:10 ET   halts 0   alerts 0",
        "rests?  KX-1 bid 5 @ 45",
        "hold    KX-1 -3  (by the journal)",
        "wrong   ✗ 1 order may rest by the journal, and no kmm runs here",
        "next    → kmm run --env sim · kmm kill --env sim",
      ]
    `);
  });
});

describe('the facts', () => {
  it('are of the trader on its socket, of the journal beside it, and undefined where kmm never was', async () => {
    const home = homeOf('sim', { KMM_HOME: tempDir() });
    expect(await statusOf(home, NOW)).toBeUndefined();
    mkdirSync(home.directory, { recursive: true });
    const { journal } = begun(home.database);
    commit(journal, 1, create(1), create(2), amend(create(1), 3, T0 + 200_000));
    journal.recordEvent(FILL);
    journal.flush();
    const control = join(home.directory, 'c.sock');
    let isDeaf = false;
    const answer = async (request: unknown) =>
      isDeaf
        ? { kind: 'failed', code: 'KMM_BUG', message: 'it is busy' }
        : { kind: 'view', view: { turn: 9, request } };
    const server = await listenControl({ path: control, answer });
    onTestFinished(() => server.close());
    const lock = acquireLock(home.lock, { since: T0, env: 'sim', control });
    if ('held' in lock) throw new Error('the lock is held');
    const heard = await statusOf(home, T0);
    expect(heard).toMatchObject({
      lock: { pid: process.pid, since: T0 },
      trader: { view: { turn: 9, request: { verb: 'view', version: 1 } } },
      journal: { session: { session: 1, account: START.account }, latches: [] },
    });
    const { openOrders, positions } = heard?.journal as JournalStatus;
    expect(openOrders.map(({ clientOrderId }) => clientOrderId)).toEqual([
      create(1).clientOrderId,
      create(2).clientOrderId,
    ]);
    expect(positions).toEqual([{ ticker: FILL.ticker, position: -FILL.size }]);
    isDeaf = true;
    expect(await statusOf(home, T0)).toMatchObject({ trader: { silence: 'it is busy' } });
    lock.release();
    expect(await statusOf(home, T0)).not.toHaveProperty('lock');
    expect(openedJournal(home.database, 'guest').positions('another')).toEqual([]);
    journal.close();
  });

  it('are also of a halt in a file, where no database took it: it is told once, and what is wrong', async () => {
    const home = homeOf('sim', { KMM_HOME: tempDir() });
    const killed = { ...halt('KILLED'), since: T0 };
    new LatchFiles(home.latches).write({ kind: 'latch', halt: killed, by: 'ann' });
    const heard = await statusOf(home, NOW);
    expect(heard && problemsOf(heard).map(({ name, text }) => [name, text])).toEqual([
      ['halted', 'halt KILLED on everything: because of KILLED'],
    ]);
    const { journal } = begun(home.database);
    journal.setLatch(killed, 'ann', T0);
    journal.close();
    expect(haltsOf((await statusOf(home, NOW)) as StatusFacts)).toMatchObject([{ name: 'KILLED', by: 'ann' }]);
  });
});

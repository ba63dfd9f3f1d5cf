/** Every check of the doctor over composed facts: what is good, what is doubtful, what is bad, and what mends it. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_COSTS } from '../../../src/lib/adapters/kalshi/endpoint-costs.ts';
import type { ExchangeSchedule } from '../../../src/lib/adapters/kalshi/schedule-schema.ts';
import type { OpenOrder } from '../../../src/lib/adapters/store/journal-queries.ts';
import type { Latch } from '../../../src/lib/adapters/store/latches.ts';
import { loadConfiguration } from '../../../src/lib/app/config/config.ts';
import { diagnose, isHealthy } from '../../../src/lib/app/doctor/diagnose.ts';
import type {
  DoctorFacts,
  ExchangeFacts,
  Fact,
  JournalFacts,
  KeyFacts,
  MachineFacts,
} from '../../../src/lib/app/doctor/facts.ts';
import { nextStop } from '../../../src/lib/app/doctor/maintenance.ts';
import { easternText } from '../../../src/lib/app/doctor/words.ts';
import type { FeeCheck } from '../../../src/lib/core/money/fee-check.ts';
import { centicontracts, epochMs, microdollars } from '../../../src/lib/core/units.ts';

/** A Saturday noon in New York. */
const NOW = epochMs(Date.UTC(2026, 10, 28, 17, 0, 0));
const directory = '/nowhere';
const host = { directory, variables: { KMM_HOME: directory }, userHome: directory, systemFile: '/nowhere' };
const { parameters } = loadConfiguration({ environment: 'sim', flags: [], host });

function known<Value>(value: Value): Fact<Value> {
  return { isKnown: true, value };
}

const ALL_DAY = [{ opensMinutes: 0, closesMinutes: 1_440 }];
const HOURS: ExchangeSchedule = {
  weeks: [
    {
      ...{ since: epochMs(0), until: epochMs(NOW * 2) },
      days: {
        ...{
          monday: ALL_DAY,
          tuesday: ALL_DAY,
          wednesday: ALL_DAY,
          friday: ALL_DAY,
          saturday: ALL_DAY,
          sunday: ALL_DAY,
        },
        thursday: [
          { opensMinutes: 0, closesMinutes: 180 },
          { opensMinutes: 300, closesMinutes: 1_440 },
        ],
      },
    },
  ],
  maintenance: [],
};
const MACHINE: MachineFacts = {
  ...{ node: 'v24.1.0', home: '/h', directories: [{ path: '/h', mode: 0o700 }], lock: 'none', latches: [] },
  disk: known({ freeBytes: 50e9, totalBytes: 90e9 }),
  tapes: known({ files: 3, bytes: 1e9 }),
};
const KEY: KeyFacts = { keyId: 'k', file: '/h/k.key.pem', keeper: 'kept', isEncrypted: true, openedBy: 'a file' };
const JOURNAL: JournalFacts = {
  ...{ version: 3, newest: 3, bytes: 4e6, quickCheck: 'ok', turnsVerified: 12, latches: [], openOrders: [] },
};
const EXCHANGE: ExchangeFacts = {
  ...{ name: 'the demo exchange', host: 'demo', keyId: 'k', now: NOW },
  clock: known({ offsetMs: 12, uncertaintyMs: 5, verdict: 'good' }),
  status: known({ isExchangeActive: true, isTradingActive: true, shards: [] }),
  ...{ schedule: known(HOURS), costs: known(DEFAULT_COSTS), feeChanges: known([]) },
  limits: known({
    ...{ tier: 'basic', read: { capacity: 200, refillPerSecond: 200 }, write: { capacity: 100, refillPerSecond: 100 } },
  }),
  keys: known({ keys: [{ keyId: 'k', name: 'bot', scopes: ['read', 'write::trade'], subaccount: 1 }] }),
  balance: known({ total: microdollars(900e6), shards: [{ shard: 0, cash: microdollars(900e6) }] }),
  markets: known([{ ticker: 'KXA-1', series: 'KXA', shard: 0 }]),
};
const WELL: DoctorFacts = {
  ...{ env: 'demo', machine: MACHINE, stamps: 'agree', journal: JOURNAL, key: known(KEY), exchange: known(EXCHANGE) },
  config: { parameters, files: [{ path: 'config.toml', ageMs: 3 * 86_400_000 }], names: ['KXA'] },
  alerts: { channels: [{ name: 'ntfy', reached: 'reached' }], parked: 0 },
};

const DIFFERENCE: FeeCheck = {
  ...{ tradeId: 't', ticker: 'KXA-1', size: centicontracts(100), verdict: 'differs', at: NOW },
  ...{ predicted: microdollars(0), charged: microdollars(10_000) },
};

const machine = (over: Partial<MachineFacts>): DoctorFacts => ({ ...WELL, machine: { ...MACHINE, ...over } });
const key = (over: Partial<KeyFacts>): DoctorFacts => ({ ...WELL, key: known({ ...KEY, ...over }) });
const journal = (over: Partial<JournalFacts>): DoctorFacts => ({ ...WELL, journal: { ...JOURNAL, ...over } });
const exchange = (over: Partial<ExchangeFacts>): DoctorFacts => ({
  ...WELL,
  exchange: known({ ...EXCHANGE, ...over }),
});
const planned = (count: number, shard = 0) =>
  known(Array.from({ length: count }, (_, index) => ({ ticker: `KXA-${index}`, series: 'KXA', shard })));
const { openedBy: _openedBy, ...unopened } = KEY;
const latch = (name: string) => ({ name, scope: '*', since: NOW, reason: 'because', by: 'ann' }) as Latch;
const open = (orderId?: string) => ({ clientOrderId: 'kmm-1', ...(orderId && { orderId }) }) as OpenOrder;
const scopes = (...names: string[]) => known({ keys: [{ keyId: 'k', name: 'bot', scopes: names, subaccount: 1 }] });
const TROUBLE = { code: 'KMM_KEY_MODE', what: 'the file can be read by others', next: ['chmod 600 x'] } as const;
const UNKNOWN = { isKnown: false, reason: 'no answer within 8 s' } as const;

describe('the doctor', () => {
  it('finds a machine in order in order, and says so of everything it looked at', () => {
    const lines = diagnose(WELL, NOW);
    expect(lines.filter(({ level }) => level !== 'good')).toEqual([]);
    expect([...new Set(lines.map(({ check }) => check))]).toEqual([
      ...[
        'node',
        'home',
        'disk',
        'tapes',
        'trader',
        'config',
        'stamps',
        'database',
        'halts',
        'orders',
        'key',
        'passphrase',
        'alerts',
      ],
      ...['exchange', 'clock', 'scopes', 'status', 'maintenance', 'markets', 'fees', 'tokens', 'cash', 'limits'],
    ]);
    expect(isHealthy(lines)).toBe(true);
  });

  it.each<[string, DoctorFacts, string, 'doubtful' | 'bad', RegExp, string | undefined]>([
    [
      'an old Node',
      machine({ node: 'v22.3.0' }),
      'node',
      'bad',
      /too old: kmm needs 22\.15/,
      'install Node 24 from nodejs.org',
    ],
    [
      'an authority that was added to those of Node (S9)',
      machine({ addedTrust: 'NODE_EXTRA_CA_CERTS is /ca.pem' }),
      'tls',
      'doubtful',
      /NODE_EXTRA_CA_CERTS is \/ca\.pem/,
      'unset NODE_EXTRA_CA_CERTS, unless it is meant',
    ],
    [
      'a home that others write',
      machine({ directories: [{ path: '/h', mode: 0o770 }] }),
      'home',
      'bad',
      /0770/,
      'chmod 700 /h',
    ],
    [
      'a home that others read',
      machine({ directories: [{ path: '/h', mode: 0o755 }] }),
      'home',
      'doubtful',
      /looked into/,
      'chmod 700 /h',
    ],
    [
      'a full disk',
      machine({ disk: known({ freeBytes: 1e6, totalBytes: 1e9 }) }),
      'disk',
      'bad',
      /1\.0 MB free/,
      'free the disk',
    ],
    [
      'a disk that fills',
      machine({ disk: known({ freeBytes: 1e9, totalBytes: 9e9 }) }),
      'disk',
      'doubtful',
      /1\.0 GB/,
      'free the disk',
    ],
    ['a disk that cannot be asked', machine({ disk: UNKNOWN }), 'disk', 'doubtful', /could not be asked/, undefined],
    [
      'more tapes than space',
      machine({ tapes: known({ files: 9, bytes: 60e9 }) }),
      'tapes',
      'doubtful',
      /9 tapes, 60\.0 GB/,
      'move old tapes elsewhere',
    ],
    ['a stale lock', machine({ lock: 'stale' }), 'trader', 'doubtful', /a process that is gone/, 'kmm trade orders'],
    [
      'a config with a mistake',
      { ...WELL, config: { trouble: TROUBLE, files: [], names: [] } },
      'config',
      'bad',
      /KMM_KEY_MODE/,
      'chmod 600 x',
    ],
    [
      'no alert channel',
      { ...WELL, alerts: { channels: [{ name: 'ping' }], parked: 0 } },
      'alerts',
      'doubtful',
      /nobody hears of a halt/,
      'kmm alert test',
    ],
    [
      'a channel whose file cannot be used',
      { ...WELL, alerts: { channels: [{ name: 'ntfy', trouble: TROUBLE }], parked: 0 } },
      'alerts',
      'bad',
      /KMM_KEY_MODE/,
      'chmod 600 x',
    ],
    [
      'a channel that cannot be reached',
      { ...WELL, alerts: { channels: [{ name: 'ntfy', reached: { reason: 'ENOTFOUND' } }], parked: 0 } },
      'alerts',
      'bad',
      /ntfy: its host cannot be reached: ENOTFOUND/,
      'kmm alert test ntfy',
    ],
    [
      'alerts that were given up',
      { ...WELL, alerts: { ...WELL.alerts, parked: 2 } },
      'alerts',
      'doubtful',
      /2 were given up/,
      'kmm alert list --open',
    ],
    ['stamps that differ', { ...WELL, stamps: TROUBLE }, 'stamps', 'bad', /KMM_KEY_MODE/, 'chmod 600 x'],
    [
      'a damaged database',
      journal({ quickCheck: 'row 7 missing' }),
      'database',
      'bad',
      /damaged: row 7/,
      'restore it from a backup',
    ],
    ['a database of an older kmm', journal({ version: 2 }), 'database', 'doubtful', /brings it to 3/, 'kmm run'],
    [
      'a fee that was not charged as predicted',
      journal({ fees: { drift: microdollars(10_000), differences: [DIFFERENCE] } }),
      'fee drift',
      'doubtful',
      /charged less predicted is \$0.010000; last in KXA-1, 1.00 contracts charged \$0.010000, predicted \$0.000000/,
      'kmm why KXA-1',
    ],
    ['a broken chain', journal({ trouble: TROUBLE }), 'database', 'bad', /KMM_KEY_MODE/, 'chmod 600 x'],
    [
      'a latched halt',
      journal({ latches: [latch('KILLED')] }),
      'halts',
      'bad',
      /KILLED is latched by ann/,
      'kmm resume KILLED',
    ],
    [
      'a halt in a file beside the database',
      machine({ latches: [latch('KILLED')] }),
      'halts',
      'bad',
      /KILLED is latched by ann/,
      'kmm resume KILLED',
    ],
    [
      'a halt where there is no database',
      { ...machine({ latches: [latch('KILLED')] }), journal: undefined },
      'halts',
      'bad',
      /KILLED is latched by ann/,
      'kmm resume KILLED',
    ],
    [
      'orders left without a trader',
      journal({ openOrders: [open('o'), open()] }),
      'orders',
      'doubtful',
      /2 orders may rest.*1 of them without proof, and no kmm/,
      'kmm trade orders',
    ],
    [
      'no key',
      { ...WELL, key: { isKnown: false, reason: 'there is no key for demo' } },
      'key',
      'bad',
      /no key for demo/,
      'kmm auth import FILE --key-id ID --env demo',
    ],
    ['a key that others read', key({ trouble: TROUBLE }), 'key', 'bad', /KMM_KEY_MODE/, 'chmod 600 x'],
    [
      'a plain key',
      key({ isEncrypted: false, keeper: 'file' }),
      'key',
      'doubtful',
      /in the clear/,
      'kmm auth import /h/k.key.pem --key-id k --env demo --shred',
    ],
    [
      'a key that only a person opens',
      { ...WELL, key: known(unopened) },
      'passphrase',
      'doubtful',
      /only a person/,
      'set demo.passphrase_file, to a file with mode 0400',
    ],
    [
      'an exchange that does not answer',
      { ...WELL, exchange: UNKNOWN },
      'exchange',
      'bad',
      /no answer within 8 s/,
      'check the network',
    ],
    [
      'a clock that is far off',
      exchange({ clock: known({ offsetMs: -9_000, uncertaintyMs: 5, verdict: 'refuse' }) }),
      'clock',
      'bad',
      /off by 9000 ms/,
      'timedatectl set-ntp true',
    ],
    [
      'a key that may do more',
      exchange({ keys: scopes('read', 'write') }),
      'scopes',
      'bad',
      /more than trade: write/,
      undefined,
    ],
    [
      'a key that may not trade',
      exchange({ keys: scopes('read') }),
      'scopes',
      'bad',
      /write::trade is missing/,
      undefined,
    ],
    [
      'a key that is not told its limits',
      exchange({ limits: known(undefined) }),
      'tokens',
      'doubtful',
      /not told its limits/,
      'kmm auth check',
    ],
    [
      'a paused shard of ours',
      exchange({ status: known({ isExchangeActive: true, isTradingActive: false, shards: [] }) }),
      'status',
      'bad',
      /shard 0 does not trade/,
      undefined,
    ],
    [
      'maintenance that runs',
      exchange({ now: epochMs(Date.UTC(2026, 11, 3, 8, 30)) }),
      'maintenance',
      'doubtful',
      /runs now/,
      'wait for its end',
    ],
    [
      'a fee change this week',
      exchange({
        feeChanges: known([
          { seriesTicker: 'KXA', feeType: 'quadratic', feeMultiplier: 1, at: epochMs(NOW + 86_400_000) },
        ]),
      }),
      'fees',
      'doubtful',
      /KXA pays quadratic × 1 from 2026-11-29/,
      'kmm markets show KXA',
    ],
    [
      'nothing that is open',
      exchange({ markets: known([]) }),
      'markets',
      'doubtful',
      /nothing is open of KXA/,
      'kmm markets list',
    ],
    [
      'more quotes than cancels are paid for',
      exchange({ markets: planned(30) }),
      'tokens',
      'bad',
      /keep back 132 of 100.*no quote fits/,
      'lengthen quoting.lease_seconds',
    ],
    [
      'cash on the wrong shard',
      exchange({ markets: planned(2, 2) }),
      'cash',
      'bad',
      /shard 2: \$0\.00 for 2 markets, and one order takes up to \$5\.00/,
      'kmm trade transfer --from 0 --to 2 20.00',
    ],
    [
      'a limit above the balance',
      exchange({ balance: known({ total: microdollars(20e6), shards: [{ shard: 0, cash: microdollars(20e6) }] }) }),
      'limits',
      'doubtful',
      /is \$300\.00, and the account holds \$20\.00/,
      'kmm config show --origin',
    ],
    [
      'an account without cash',
      exchange({ balance: known({ total: microdollars(0), shards: [] }) }),
      'cash',
      'bad',
      /shard 0: \$0\.00/,
      'pay in on the web page',
    ],
  ])('tells %s', (_what, facts, check, level, text, next) => {
    const lines = diagnose(facts, NOW);
    const found = lines.filter((line) => line.check === check && line.level !== 'good');
    expect(found.map((line) => line.level)).toEqual([level]);
    expect(found[0]?.text).toMatch(text);
    if (next !== undefined) expect(found[0]?.next).toContain(next);
    if (level === 'bad') expect(found[0]?.next?.length).toBeGreaterThan(0);
    expect(isHealthy(lines)).toBe(level !== 'bad');
  });

  it('counts a lease as so many tokens a second, and says when renewing alone eats the bucket', () => {
    const facts = exchange({ markets: planned(10) });
    const short = { ...parameters, quoting: { ...parameters.quoting, leaseMs: 10_000 } };
    const lines = (leases: typeof parameters) =>
      diagnose({ ...facts, config: { ...WELL.config, parameters: leases } }, NOW).filter(
        ({ check }) => check === 'tokens',
      );
    expect(lines(parameters)[0]).toMatchObject({
      level: 'good',
      text: expect.stringContaining('20 quotes renewed every 90 s take 2.2 tokens/s of 100'),
    });
    const twice = { ...parameters, quoting: { ...parameters.quoting, leaseMs: 5_000 } };
    expect(lines(short)[0]).toMatchObject({ level: 'good', text: expect.stringContaining('40.0 tokens/s') });
    expect(lines(twice)[0]).toMatchObject({ level: 'doubtful', text: expect.stringContaining('80.0 tokens/s') });
  });

  it('lets play money have a broad key, and asks nothing of an exchange that nobody wanted asked', () => {
    const broad = diagnose({ ...exchange({ keys: scopes('read', 'write') }), env: 'sim' }, NOW);
    expect(broad.find(({ check }) => check === 'scopes')?.level).toBe('good');
    const offline = diagnose({ ...WELL, exchange: 'skipped' }, NOW);
    expect(offline.map(({ check }) => check)).not.toContain('exchange');
  });
});

it('an exchange that answers nothing is one ✗ with its cause, not one that answers', () => {
  const silent = { isKnown: false, reason: 'ENOTFOUND' } as const;
  const nothing = { status: silent, schedule: silent, limits: silent, keys: silent, balance: silent };
  const lines = diagnose({ ...WELL, exchange: known({ ...EXCHANGE, ...nothing }) }, NOW);
  expect(lines.at(-1)).toMatchObject({ check: 'exchange', level: 'bad' });
  expect(lines.at(-1)?.text).toBe('the demo exchange answers nothing: ENOTFOUND');
});

describe('the next stop of the exchange', () => {
  it.each([
    ['on a Saturday is next Thursday', Date.UTC(2026, 10, 28, 17), '2026-12-03 03:00 ET'],
    ['during it is the one that runs', Date.UTC(2026, 11, 3, 9), '2026-12-03 03:00 ET'],
    ['right after it is a week later', Date.UTC(2026, 11, 3, 10), '2026-12-10 03:00 ET'],
    ['in summer is by daylight time', Date.UTC(2026, 6, 1, 12), '2026-07-02 03:00 ET'],
  ])('%s', (_what, at, start) => {
    const stop = nextStop(HOURS, epochMs(at));
    expect(easternText(stop?.startsAt ?? epochMs(0))).toBe(start);
    expect((stop?.endsAt ?? 0) - (stop?.startsAt ?? 0)).toBe(2 * 3_600_000);
  });

  it('is an announced window that comes first, and one night when a gap crosses midnight', () => {
    const since = epochMs(NOW + 3_600_000);
    const announced = { ...HOURS, maintenance: [{ since, until: epochMs(since + 600_000) }] };
    expect(nextStop(announced, NOW)?.startsAt).toBe(since);
    const [week] = HOURS.weeks;
    if (week === undefined) throw new Error('no week');
    const days = {
      ...week.days,
      sunday: [{ opensMinutes: 0, closesMinutes: 1_320 }],
      monday: [{ opensMinutes: 120, closesMinutes: 1_440 }],
    };
    const stop = nextStop({ ...HOURS, weeks: [{ ...week, days }] }, NOW);
    expect((stop?.endsAt ?? 0) - (stop?.startsAt ?? 0)).toBe(4 * 3_600_000);
    expect(nextStop({ weeks: [], maintenance: [] }, NOW)).toBeUndefined();
  });
});

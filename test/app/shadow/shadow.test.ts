import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadBacktest } from '../../../src/lib/app/backtest/load.ts';
import { runLoaded } from '../../../src/lib/app/backtest/run-job.ts';
import { type Configuration, loadConfiguration } from '../../../src/lib/app/config/config.ts';
import { homeOf } from '../../../src/lib/app/config/home.ts';
import { asking } from '../../../src/lib/app/exchange/asking.ts';
import { gatesOf } from '../../../src/lib/app/report/gates-report.ts';
import { outsideOf } from '../../../src/lib/app/shadow/outside-voices.ts';
import { paperVariants } from '../../../src/lib/app/shadow/paper-variants.ts';
import { readShadows } from '../../../src/lib/app/shadow/shadow-files.ts';
import type { ShadowEnd } from '../../../src/lib/app/shadow/shadow-live.ts';
import { type ShadowVirtualOptions, shadowVirtual } from '../../../src/lib/app/shadow/shadow-virtual.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import type { StreamHandlers, WireRequest } from '../../../src/lib/ports.ts';
import { tempDir } from '../../support/temp-dir.ts';

const directory = tempDir(afterAll);
/** Eight minutes before a close. */
const START = epochMs(Date.UTC(2026, 10, 20, 15, 7, 0));
const WORLD = { seed: '1', background: [], startAt: START, series: ['KXBTC15M'], pace: 0.3 } as const;

writeFileSync(
  join(directory, 'config.toml'),
  'schema = "kmm/1"\nfair.forecast_age_seconds_max = 86400\n[sources.desk]\nkind = "file"\npath = "desk.json"\n',
);
writeFileSync(
  join(directory, 'desk.json'),
  JSON.stringify({
    ...{ schema: 'kmm-forecast/1', model: 'desk', version: '1', made_at: new Date(START - 60_000).toISOString() },
    forecasts: [{ about: 'KXBTC15M', probability: 0.4, interval: [0.38, 0.42] }],
  }),
);

function configured(...settings: readonly (readonly [key: string, value: string])[]): Configuration {
  const flags = settings.map(([key, value]) => ({ flag: '--set', key, value }));
  const host = { directory, variables: { KMM_HOME: directory }, userHome: directory, systemFile: '/nowhere' };
  return loadConfiguration({ environment: 'sim', flags, host });
}

const base = configured();
const VARIANTS = paperVariants([
  { name: 'base', settings: [], configuration: base },
  {
    name: 'as',
    settings: ['quoter.strategy=as'],
    configuration: configured(['quoter.strategy', 'as']),
  },
  {
    name: 'desk',
    settings: ['fair.source=forecast:desk'],
    configuration: configured(['fair.source', 'forecast:desk']),
  },
]);

let wallNow = Date.UTC(2026, 10, 20);

function shadow(more: Partial<ShadowVirtualOptions> = {}): Promise<ShadowEnd> {
  wallNow += 1_000;
  return shadowVirtual({
    ...{ home: base.home, names: () => ['KXBTC15M'], wallNow, world: WORLD, variants: VARIANTS.slice(0, 1) },
    signal: new AbortController().signal,
    ...{ forSeconds: 60, onNote: () => {}, onAlerts: () => {}, onMinute: () => {}, spentMax: 300 },
    ...more,
  });
}

/** What `backtest run --clock receipt` finds over the tape. */
async function overTheTape({ recording, results }: ShadowEnd) {
  const [, first] = results[0] ?? [];
  const data = await loadBacktest({
    ...(first?.job.data as NonNullable<typeof first>['job']['data']),
    files: [recording.tape],
  });
  return results.map(([name, { job }]) => [name, runLoaded(job, data)] as const);
}

describe('a shadow run', () => {
  it('is the backtest over the tape that it leaves, variant by variant and to the last row', async () => {
    const end = await shadow({
      ...{ variants: VARIANTS, forSeconds: 520 },
      outside: outsideOf(
        base,
        VARIANTS.map(({ job }) => job.parameters),
        true,
      ),
    });
    const { results, record } = end;
    expect(results.map(([name]) => name)).toEqual(['base', 'as', 'desk']);
    expect(await overTheTape(end)).toEqual(results);
    // E-13: a look every 15 s at the data behind its quotes, of the forecast where that prices.
    expect(results[0]?.[1].ages?.map(({ kind }) => kind)).toEqual(['any', 'book']);
    expect(results[2]?.[1].ages).toContainEqual({
      ...{ kind: 'forecast', old: 0 },
      looks: expect.any(Number),
      ageMsMax: expect.any(Number),
    });
    expect(results[0]?.[1].ages?.[0]).toMatchObject({ old: 0 });
    expect(results[0]?.[1].ages?.[0]?.looks).toBeGreaterThan(10);
    for (const [, { totals, markets, gaps }] of results) {
      expect(totals.fills).toBeGreaterThan(3);
      // It was told how the first market ended while it ran, and was paid for what it held.
      expect(markets[0]).toMatchObject({ ticker: 'KXBTC15M-26NOV201015-15', result: expect.any(String) });
      expect(gaps).toEqual([]);
    }
    const hashes = new Set(results.map(([, { totals }]) => totals.intentsHash));
    expect(hashes.size).toBe(3);
    expect(results[2]?.[1].samples.some(({ fair }) => Math.abs(fair - 0.4) < 1e-9)).toBe(true);
    expect(record?.variants.map(({ isReconciled }) => isReconciled)).toEqual([true, true, true]);
    expect(readShadows(base.home)).toEqual({ records: [record], unreadable: [] });
  }, 60_000);

  it('follows --auto as a session does: what is worth its seat is quoted, and the tape has the choice', async () => {
    const { rules, auto } = configured(['selection.auto_markets_max', '1']).selection;
    const notes: string[] = [];
    const end = await shadow({
      ...{ variants: VARIANTS.slice(0, 2), forSeconds: 520, onNote: (text) => notes.push(text) },
      ...{ names: () => ['KXBTC15M', 'KXHIGHNY'], world: { ...WORLD, series: ['KXBTC15M', 'KXHIGHNY'] } },
      ...(auto !== undefined && { auto: { rules, seats: auto } }),
    });
    const said = notes.filter((text) => text.startsWith('auto: '));
    expect(said).toEqual([
      'auto: KXBTC15M-26NOV201015-15 is quoted: a free seat',
      'auto: KXBTC15M-26NOV201015-15 is given up: it is closed',
      'auto: KXBTC15M-26NOV201030-30 is quoted: next of its series',
    ]);
    const [, base] = end.results[0] ?? [];
    expect(base?.markets.map(({ ticker }) => ticker)).toEqual(['KXBTC15M-26NOV201015-15', 'KXBTC15M-26NOV201030-30']);
    expect(await overTheTape(end)).toEqual(end.results);
  }, 60_000);

  it('works off what any of its variants holds before a market is given up, and nothing is added to it', async () => {
    const { rules, auto } = configured(['selection.auto_markets_max', '1']).selection;
    const avoided: string[] = [];
    const notes: string[] = [];
    let seconds = 0;
    const end = await shadow({
      ...{ variants: VARIANTS.slice(0, 2), forSeconds: 190, onNote: (text) => notes.push(`${seconds} ${text}`) },
      ...{
        names: () => ['KXBTC15M', 'KXHIGHNY'],
        world: { ...WORLD, seed: '2', pace: 1, series: ['KXBTC15M', 'KXHIGHNY'] },
      },
      ...(auto !== undefined && {
        auto: { rules: { ...rules, avoid: { ...rules.avoid, series: avoided } }, seats: auto },
      }),
      onSecond: () => {
        seconds += 1;
        if (seconds === 70) avoided.push('KXBTC15M');
      },
    });
    expect(notes.filter((text) => text.includes(' auto: '))).toEqual([
      '0 auto: KXBTC15M-26NOV201015-15 is quoted: a free seat',
      '120 auto: KXBTC15M-26NOV201015-15 is worked off and given up when flat: series KXBTC15M',
      '180 auto: KXBTC15M-26NOV201015-15 is given up: series KXBTC15M',
      expect.stringMatching(/^180 auto: KXHIGHNY-\S+ is quoted: a free seat$/),
    ]);
    for (const [, { fills }] of end.results) {
      const signed = fills.map(({ at, side, size }) => ({ at, size: side === 'bid' ? size : -size }));
      const heldBy = (at: number) => signed.reduce((sum, fill) => sum + (fill.at < at ? fill.size : 0), 0);
      // What was under way when it was told to leave has arrived.
      const after = signed.filter(({ at }) => at > START + 121_000);
      expect(after.length).toBeGreaterThan(0);
      for (const { at, size } of after) expect(Math.abs(heldBy(at) + size)).toBeLessThan(Math.abs(heldBy(at)));
      expect(heldBy(Number.POSITIVE_INFINITY)).toBe(0);
    }
    expect(await overTheTape(end)).toEqual(end.results);
  }, 60_000);

  it('asks the exchange questions and nothing else, and has no way to do otherwise', async () => {
    const asked: WireRequest[] = [];
    const { results } = await shadow({
      hands: ({ wire, stream }) => ({
        stream,
        wire: {
          request: (request) => {
            asked.push(request);
            return wire.request(request);
          },
        },
      }),
    });
    expect(results[0]?.[1].totals.intents).toBeGreaterThan(5);
    expect(new Set(asked.map(({ method }) => method))).toEqual(new Set(['GET']));
    const before = asked.length;
    const wire = asking({
      request: async (request) => {
        asked.push(request);
        return { kind: 'failure', reason: 'it came through' };
      },
    });
    for (const method of ['POST', 'DELETE', 'PUT'] as const)
      await expect(wire.request({ method, path: '/portfolio/orders' })).rejects.toThrow('nothing but questions');
    expect(asked).toHaveLength(before);
  });

  it('knows no book while the exchange is gone: nothing is filled then, and it goes on with the next book', async () => {
    let seconds = 0;
    let cut = () => {};
    let mend = () => {};
    const notes: string[] = [];
    const end = await shadow({
      ...{ forSeconds: 180, world: { ...WORLD, pace: 1 } },
      hands: ({ wire, stream }) => {
        cut = () => void stream.close();
        const open = (given: StreamHandlers, conn: number) =>
          stream.open({
            ...{ onUp: () => given.onUp(conn), onHeard: () => given.onHeard() },
            onFrame: (_, frame) => given.onFrame(conn, frame),
            onDown: (_, reason) => given.onDown(conn, reason),
          });
        return {
          wire,
          stream: {
            ...{ send: (command) => stream.send(command), close: () => stream.close() },
            open: (given) => {
              mend = () => open(given, 2);
              open(given, 1);
            },
          },
        };
      },
      onSecond: () => {
        seconds += 1;
        if (seconds === 60) cut();
        if (seconds === 100) mend();
      },
      onNote: (text) => notes.push(text),
    });
    const [, result] = end.results[0] ?? [];
    expect(notes).toContain('disconnected: closed by us; reconnecting');
    expect(result?.gaps.length).toBeGreaterThan(0);
    const { from, to } = result?.gaps[0] ?? {};
    expect([from, to].map((at) => Math.round(((at ?? 0) - START) / 1_000))).toEqual([60, 100]);
    const within = result?.fills.filter(({ at }) => at > (from ?? 0) && at < (to ?? 0));
    expect(within).toEqual([]);
    expect(result?.fills.some(({ at }) => at < (from ?? 0))).toBe(true);
    const decided = result?.samples.map(({ at }) => at) ?? [];
    expect(decided.filter((at) => at > (from ?? 0) && at < (to ?? 0))).toEqual([]);
    expect(decided.some((at) => at > (to ?? Infinity))).toBe(true);
    // What it was gone is no time that it was open.
    expect(result?.markets[0]?.quoted.openMs).toBeLessThan(145_000);
    expect(await overTheTape(end)).toEqual(end.results);
  });

  it('that hears of no market keeps nothing', async () => {
    const { results, record } = await shadow({
      forSeconds: 5,
      hands: ({ wire, stream }) => ({
        wire,
        stream: {
          ...stream,
          send: (command) => stream.send(command),
          close: () => stream.close(),
          open: (given) => stream.open({ ...given, onFrame: () => {} }),
        },
      }),
    });
    expect([results, record]).toEqual([[], undefined]);
  });

  it('on the real exchange is what the gates from shadow to one lot are judged by, before any session', async () => {
    const home = homeOf('prod', { KMM_HOME: tempDir() }, '/nowhere');
    await expect(gatesOf(home, { now: START, honesty: configured().honesty })).rejects.toMatchObject({
      code: 'KMM_DB_UNREADABLE',
    });
    await shadow({ home, forSeconds: 520 });
    const report = await gatesOf(home, { now: START, honesty: configured().honesty });
    expect(report).toMatchObject({ account: '', own: 'shadow_to_one_lot', isPassed: false, from: expect.any(Number) });
    const { gates = [] } = report.steps.find(({ step }) => step === 'shadow_to_one_lot') ?? {};
    expect(gates.slice(0, 2)).toMatchObject([
      { gate: { id: 'reconciled' }, outcome: 'passed' },
      { gate: { id: 'ev' }, outcome: 'too_few', needed: 30, had: 1 },
    ]);
  }, 30_000);
});

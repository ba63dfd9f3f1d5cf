import { afterAll, describe, expect, it } from 'vitest';
import { fillRulesOf } from '../../../src/lib/app/backtest/fill-rules.ts';
import { loadBacktest } from '../../../src/lib/app/backtest/load.ts';
import { runLoaded } from '../../../src/lib/app/backtest/run-job.ts';
import { loadConfiguration } from '../../../src/lib/app/config/config.ts';
import { readShadows } from '../../../src/lib/app/shadow/shadow-files.ts';
import type { ShadowEnd } from '../../../src/lib/app/shadow/shadow-live.ts';
import { type ShadowVirtualOptions, shadowVirtual } from '../../../src/lib/app/shadow/shadow-virtual.ts';
import type { BacktestJob } from '../../../src/lib/core/backtest/job.ts';
import { epochMs, microdollars } from '../../../src/lib/core/units.ts';
import type { WireRequest } from '../../../src/lib/ports.ts';
import { tempDir } from '../../support/temp-dir.ts';

const directory = tempDir(afterAll);
const { home, parameters } = loadConfiguration({
  environment: 'sim',
  flags: [],
  host: { directory, variables: { KMM_HOME: directory }, userHome: directory, systemFile: '/nowhere' },
});
const wide = loadConfiguration({
  environment: 'sim',
  flags: [{ flag: '--set', key: 'quoter.strategy', value: 'as' }],
  host: { directory, variables: { KMM_HOME: directory }, userHome: directory, systemFile: '/nowhere' },
});

function jobOf(own = parameters): BacktestJob {
  const way = (ms: number) => ({ kind: 'fixed', ms }) as const;
  return {
    schemaVersion: 1,
    data: { files: [], references: [], markets: [], prints: 'auto', clock: 'receipt' },
    parameters: own,
    fill: fillRulesOf('pessimistic'),
    latency: { feed: way(0), order: way(45), response: way(15) },
    ...{ turnMs: 100, seed: 1, cash: microdollars(10_000_000_000), sampleMs: 1_000 },
  };
}

/** From five minutes before a close to a minute after it is paid. */
const WORLD = {
  ...{ seed: '1', background: [], startAt: epochMs(Date.UTC(2026, 10, 20, 15, 10, 30)) },
  series: ['KXBTC15M'],
} as const;

let wallNow = Date.UTC(2026, 10, 20);

function shadow(more: Partial<ShadowVirtualOptions> = {}): Promise<ShadowEnd> {
  wallNow += 1_000;
  return shadowVirtual({
    ...{ home, names: () => ['KXBTC15M'], wallNow, world: WORLD, forSeconds: 420 },
    variants: [
      { name: 'base', job: jobOf(), settings: [] },
      { name: 'as', job: jobOf(wide.parameters), settings: ['quoter.strategy=as'] },
    ],
    signal: new AbortController().signal,
    onNote: () => {},
    onAlerts: () => {},
    onMinute: () => {},
    spentMax: 500,
    ...more,
  });
}

describe('a shadow run', () => {
  it('is the backtest over the tape that it leaves, run by run and to the last row', async () => {
    const { recording, results, record } = await shadow();
    const data = await loadBacktest({ ...jobOf().data, files: [recording.tape] });
    for (const [, result] of results) {
      if (process.env.SHOW)
        console.log(
          JSON.stringify({
            t: result.totals,
            m: result.markets.map((m) => [m.ticker, m.result, m.quoted, m.counts, m.pnl]),
            g: result.gaps,
            n: result.notes,
            a: result.assumptions,
            o: result.offers.length,
            s: result.samples.length,
          }),
        );
      expect(result.totals.fills).toBeGreaterThan(5);
      expect(runLoaded(result.job, data)).toEqual(result);
    }
    expect(results.map(([name]) => name)).toEqual(['base', 'as']);
    expect(results[0]?.[1].totals.intentsHash).not.toBe(results[1]?.[1].totals.intentsHash);
    expect(record?.variants.map(({ isReconciled }) => isReconciled)).toEqual([true, true]);
    expect(readShadows(home)).toEqual({ records: [record], unreadable: [] });
  });

  it('sends the exchange questions alone', async () => {
    const asked: WireRequest[] = [];
    await shadow({
      forSeconds: 60,
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
    expect(new Set(asked.map(({ method }) => method))).toEqual(new Set(['GET']));
  });
});

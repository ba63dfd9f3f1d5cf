/**
 * `run --auto 5` in virtual time, over the end of a climate day: bitcoin windows, an hourly ladder and the weather are quoted
 * to their closes, settle, hand their seats on, and the tape replays to the same intents.
 */
import { afterAll, expect, it } from 'vitest';
import { loadConfiguration } from '../../src/lib/app/config/config.ts';
import { runVirtual } from '../../src/lib/app/run/run-virtual.ts';
import { epochMs } from '../../src/lib/core/units.ts';
import { place } from '../support/cli.ts';
import { jsonHere } from '../support/kmm-here.ts';

/** 23:26 in New York: the weather closes at 23:59, the hour at 24:00, a window every quarter of an hour. */
const EVENING = epochMs(Date.UTC(2026, 10, 21, 4, 26, 0));
const here = place({}, afterAll);

it('quotes bitcoin, a ladder and the weather through their clocks, settles, and replays', async () => {
  const { directory } = here.home;
  const host = { directory, variables: { ...here.variables }, userHome: directory, systemFile: '/nowhere' };
  const flags = [{ flag: '--auto', key: 'selection.auto_markets_max', value: '5' }];
  const log: string[] = [];
  const summary = await runVirtual({
    configuration: loadConfiguration({ environment: 'sim', flags, host }),
    world: { seed: '7', background: [], startAt: EVENING, pace: 0.1 },
    forSeconds: 38 * 60,
    onLog: ({ text }) => log.push(text),
    signal: new AbortController().signal,
  });
  expect(summary).toMatchObject({ isConfirmed: true, restingAtEnd: 0, reconciled: true });
  const quoted = (series: string) => log.filter((text) => new RegExp(`^auto: ${series}-\\S+ is quoted`).test(text));
  // Windows end at 23:30, 23:45 and 24:00: each hands its seat on.
  expect(
    quoted('KXBTC15M')
      .slice(1)
      .every((text) => text.endsWith('next of its series')),
  ).toBe(true);
  for (const series of ['KXBTC15M', 'KXBTCD', 'KXHIGHNY']) {
    expect(quoted(series).length, series).toBeGreaterThan(0);
    expect(
      log.some((text) => text.startsWith(`${series}-`) && / (bought|sold) /.test(text)),
      series,
    ).toBe(true);
    expect(
      log.some((text) => text.startsWith(`${series}-`) && text.includes(': settled ')),
      series,
    ).toBe(true);
  }
  const { records } = await jsonHere(here, ['replay', '1']);
  expect(records.at(-1)).toMatchObject({ type: 'replay', verdict: 'same', intents: summary.intents });
}, 180_000);

/**
 * An engine that quotes a market of a composed rule, which drops the twelve highest and the twelve lowest prints: from the text of
 * the rules, through its window, to the side on which it ends. No market of the exchange has such a rule (kalshi/api.md 9.1), and
 * the embedded exchange lists none: what it would pay is reckoned here.
 */
import { expect, it } from 'vitest';
import { settlementRuleOf } from '../../src/lib/adapters/kalshi/settlement-rule.ts';
import { Engine } from '../../src/lib/core/engine.ts';
import { epochMs } from '../../src/lib/core/units.ts';
import { normal, seededStream } from '../../src/lib/sim/random.ts';
import { MARKET, story } from '../support/engine.ts';

const PRIMARY =
  "If the simple average of the sixty seconds of CF Benchmarks' Bitcoin Real-Time Index (BRTI) before 9 PM EDT is above 100000, then the market resolves to Yes.";
const SECONDARY = 'It is the average of these prices after removing the highest and lowest 20% of the prices.';
const FAIR = {
  kind: 'settlement-average',
  referenceAgeMsMax: 3_000,
  annualVolatilityFloors: [0.1],
  proxySdDollars: 0,
} as const;

function day(seed: string) {
  const settles = settlementRuleOf(PRIMARY, SECONDARY);
  if (settles === undefined) throw new Error('not understood');
  const told = story({ fair: FAIR, quoting: { freezeMs: 2_000 }, inventory: { finalMs: 0 } });
  const closeAt = epochMs(Math.ceil((told.at + 120_000) / 60_000) * 60_000);
  told.market({ ...MARKET, closeAt, settles, strike: { type: 'greater', floor: 100_000 } });
  const stream = seededStream(seed);
  const prints: number[] = [];
  let value = 100_000;
  let sum = 0;
  let quoted = 0;
  let last = NaN;
  told.wait(1_000 - (told.at % 1_000));
  while (told.at <= closeAt - 1_000) {
    value = Math.round(normal(stream, value, 8) * 100) / 100;
    const count = Math.round((told.at - (closeAt - 60_000)) / 1_000);
    if (count >= 1) {
      prints.push(value);
      sum += value;
    }
    const window = count >= 1 ? { window: { value: sum / count, count, endsAt: closeAt } } : {};
    told.tell({ type: 'reference_price', index: 'BRTI', value, exchangeAt: told.at, ...window });
    told.book([[4_400, 10_000]], [[5_600, 10_000]]).turn();
    const decision = told.engine.market(MARKET.ticker)?.decision;
    const isQuoted = decision?.bid.shown !== undefined || decision?.ask.shown !== undefined;
    if (count >= 1 && isQuoted) quoted += 1;
    if (decision?.fair !== undefined) {
      last = decision.fair.probability;
      expect(decision.fair.reasons).toEqual(['trimmed average, 12 of 60 dropped at each end']);
    }
    told.wait(1_000);
  }
  value = Math.round(normal(stream, value, 8) * 100) / 100;
  const rising = [...prints, value].sort((a, b) => a - b);
  const kept = rising.slice(12, 48);
  expect([rising.length, kept.length]).toEqual([60, 36]);
  const average = kept.reduce((total, print) => total + print, 0) / 36;
  return { told, quoted, last, average };
}

it('quotes through the window and ends on the side on which the trimmed average does', () => {
  let [yes, no] = [0, 0];
  for (const seed of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const { quoted, last, average } = day(seed);
    expect(quoted, seed).toBeGreaterThan(5);
    // A second or two before the close only the very edge is open.
    if (average > 100_002) expect(last, seed).toBeGreaterThan(0.95);
    if (average < 99_998) expect(last, seed).toBeLessThan(0.05);
    if (average > 100_002) yes += 1;
    if (average < 99_998) no += 1;
  }
  expect(yes).toBeGreaterThan(0);
  expect(no).toBeGreaterThan(0);
});

it('decides the same from the same events, in a replay too', () => {
  const { told } = day('a');
  const again = new Engine({ idPrefix: told.engine.config.idPrefix, parameters: told.engine.config.parameters });
  for (const event of told.told) again.apply(event);
  const decisions = (engine: Engine) => [...engine.markets()].map(({ decision }) => decision);
  expect(decisions(again)).toEqual(decisions(told.engine));
});

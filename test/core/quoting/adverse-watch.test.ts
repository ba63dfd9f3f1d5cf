/** Adverse selection by our own markouts (D-5): vectors, then stories told to a real engine. */
import { describe, expect, it } from 'vitest';
import { conditionsOf } from '../../../src/lib/core/alerts/conditions.ts';
import { Engine } from '../../../src/lib/core/engine.ts';
import type { InventoryRules } from '../../../src/lib/core/parameters.ts';
import { AdverseWatch } from '../../../src/lib/core/quoting/adverse-watch.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { parametersOf, quotingStory, type Story, type StoryOptions } from '../../support/engine.ts';
import { T0, TICKER } from '../../support/orders.ts';
import { PARAMETERS as QUOTER } from '../../support/quoter.ts';

const FILLS = 20;
const PRICED = 0.004;
const DAY_MS = 86_400_000;
/** Half centicents in a cent. */
const CENT = 200;

function watchOf(cents: readonly number[], watch = new AdverseWatch()): AdverseWatch {
  for (const move of cents) watch.moved(move * CENT, T0, FILLS, PRICED);
  return watch;
}
const times = (count: number, cents: number) => Array.from({ length: count }, () => cents);
const surcharge = (watch: AdverseWatch, now = T0) => watch.finding(now, PRICED)?.surchargeDollars;

describe('the mean move against the last fills', () => {
  it('is a finding where it is two standard errors above what is priced, and not below that', () => {
    // Mean 1 ¢; half of them ±1 ¢ around it: standard deviation 1.026 ¢, standard error 0.2294 ¢.
    const found = watchOf([...times(10, 2), ...times(10, 0)]).finding(T0, PRICED);
    expect(found).toMatchObject({ fills: 20 });
    expect(found?.meanDollars).toBeCloseTo(0.01, 12);
    expect(found?.errorDollars).toBeCloseTo(0.01 * Math.sqrt(20 / 19 / 20), 12);
    expect(found?.surchargeDollars).toBeCloseTo(0.006, 12);
    // Mean 0.8 ¢, standard error 0.2248 ¢: 0.4 ¢ above is not two of them.
    expect(surcharge(watchOf([...times(8, 2), ...times(12, 0)]))).toBeUndefined();
  });

  it('needs as many fills as are asked for, and counts the last of them alone', () => {
    expect(surcharge(watchOf(times(19, 2)))).toBeUndefined();
    expect(surcharge(watchOf([...times(19, 2), 2]))).toBeCloseTo(0.016, 12);
    expect(surcharge(watchOf([...times(100, -5), ...times(20, 2)]))).toBeCloseTo(0.016, 12);
  });

  it('once found, holds until it is back at what is priced', () => {
    const watch = watchOf(times(20, 2));
    watchOf(times(15, 0), watch);
    // Mean 0.5 ¢: would not begin it, does not end it either.
    expect(surcharge(watch)).toBeCloseTo(0.001, 12);
    watchOf([0], watch);
    expect(surcharge(watch)).toBeUndefined();
    expect(surcharge(watchOf([2], watch))).toBeUndefined();
  });

  it('ends with the day, however few trade with us since', () => {
    const watch = watchOf(times(20, 2));
    expect(surcharge(watch, epochMs(T0 + DAY_MS - 1))).toBeDefined();
    expect(surcharge(watch, epochMs(T0 + DAY_MS))).toBeUndefined();
  });

  it('is none where quotes are priced for as much by now', () => {
    expect(watchOf(times(20, 2)).finding(T0, 0.02)).toBeUndefined();
  });
});

const OPTIONS: StoryOptions = {
  quoter: { ...QUOTER, cara: { ...QUOTER.cara, adverseDollars: PRICED } },
  inventory: { adverseFills: FILLS },
};

/** Twenty bids and asks are taken, and each time the mid goes so far against us in ten seconds. */
function picked(cents: number, inventory: Partial<InventoryRules> = { adverseFills: FILLS }): Story {
  const teller = quotingStory({ ...OPTIONS, inventory });
  for (let n = 0; n < FILLS; n += 1) {
    const side = n % 2 === 0 ? 'bid' : 'ask';
    const against = (side === 'bid' ? -100 : 100) * cents;
    teller.moveTo(4_400, 5_600).wait(2_000).quote();
    teller.fill(side, 100);
    teller.wait(5_000).quote();
    teller.moveTo(4_400 + against, 5_600 + against);
    teller.wait(5_000).quote();
  }
  teller.moveTo(4_400, 5_600).wait(2_000).quote();
  teller.wait(2_000).book().quote();
  return teller;
}

const decisionOf = (teller: Story) => teller.engine.market(TICKER)?.decision;
const alerts = (teller: Story) =>
  conditionsOf(teller.engine, { tokens: [] }, teller.at).filter(({ key }) => key.startsWith('adverse'));

describe('a market whose fills are picked off', () => {
  it('is quoted wider by the difference, whatever the strategy, and the operator is told', () => {
    const teller = picked(2);
    const calm = picked(0);
    const { quote } = decisionOf(teller)!;
    expect(quote!.numbers.adverseSurchargeDollars).toBeCloseTo(0.016, 12);
    const base = decisionOf(calm)!.quote!;
    expect(base.numbers).not.toHaveProperty('adverseSurchargeDollars');
    expect(quote!.bid.raw - base.bid.raw).toBeCloseTo(-160, 6);
    expect(quote!.ask.raw - base.ask.raw).toBeCloseTo(160, 6);
    expect(alerts(teller)).toEqual([
      {
        ...{ key: `adverse ${TICKER}`, priority: 'medium' },
        text: `${TICKER}: 10 s after each of the last 20 fills the mid was 2.00 ± 0.00 ¢ against us on the average; quotes are 1.60 ¢ wider on each side: kmm why ${TICKER}`,
      },
    ]);
    expect(alerts(calm)).toEqual([]);
  });

  it('pays for it in the edge rule too', () => {
    const wanted = decisionOf(picked(2))!.quote!.bid;
    const distance = decisionOf(picked(2))!.quote!.reservation - wanted.price! / 10_000;
    expect(wanted.ruleEdgeDollars).toBeCloseTo(distance - wanted.feeDollars! - 0.02, 9);
  });

  it('is quoted as before by a session from before there was such a rule', () => {
    const teller = picked(2, {});
    expect(decisionOf(teller)?.quote?.numbers).not.toHaveProperty('adverseSurchargeDollars');
    expect(alerts(teller)).toEqual([]);
  });

  it('is found again by the same events', () => {
    const teller = picked(2);
    const again = new Engine({ idPrefix: 'kmm-a-1', parameters: parametersOf(OPTIONS) });
    const asked = teller.told.flatMap((event) => again.apply(event));
    expect(asked).toEqual(teller.asked);
    expect(again.market(TICKER)?.decision).toEqual(decisionOf(teller));
  });
});

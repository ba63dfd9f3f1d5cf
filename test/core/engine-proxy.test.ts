/**
 * An engine that hears a proxy of the index: strikes tell it how far off that is, quarter by quarter. Before enough of them it
 * believes the configured error, then what it has seen, with the doubt that is left in its interval.
 */
import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/lib/core/engine.ts';
import type { FairValue } from '../../src/lib/core/fair-value/types.ts';
import type { Market } from '../../src/lib/core/market.ts';
import { epochMs } from '../../src/lib/core/units.ts';
import { MARKET, type Story, type StoryOptions, story } from '../support/engine.ts';

const QUARTER_MS = 900_000;
const AVERAGE = { kind: 'settlement-average', referenceAgeMsMax: 3_000, annualVolatilityFloors: [0.2] } as const;
const PROXY: StoryOptions = { fair: { ...AVERAGE, proxySdDollars: 15 } };

class Day {
  readonly told: Story;
  /** What the proxy says; ±5 in turn, so that it moves. */
  proxy = 100_000;
  /** Of the last whole minute before a quarter, second by second. */
  #minute: number[] = [];
  #second = 0;

  constructor(options: StoryOptions = PROXY) {
    // Half a minute before a quarter ends: of that one too little is heard.
    // Nothing is worth an order here: only fair values are asked for.
    this.told = story({ ...options, quoting: { minimumEdgeDollars: 0.9 } }).wait(70_000);
  }

  get #at(): number {
    return this.told.at;
  }

  /** Up to the next quarter hour and just into it, with its strike: the proxy's mean and so much. */
  quarter(offset: number, { isHeard = () => true }: { isHeard?: (secondsLeft: number) => boolean } = {}): this {
    const endsAt = Math.floor(this.#at / QUARTER_MS) * QUARTER_MS + QUARTER_MS;
    while (this.#at < endsAt) {
      this.told.wait(1_000 - (this.#at % 1_000));
      this.#second += 1;
      const value = this.proxy + (this.#second % 2 === 0 ? 5 : -5);
      const secondsLeft = (endsAt - this.#at) / 1_000;
      if (secondsLeft < 60) this.#minute.push(value);
      if (isHeard(secondsLeft)) this.#hear(value);
    }
    // The first value of the next quarter ends the minute.
    this.told.wait(1_000);
    this.#hear(this.proxy);
    const mean = this.#minute.reduce((sum, one) => sum + one, 0) / this.#minute.length;
    this.#minute = [];
    this.strike(endsAt, mean + offset);
    return this;
  }

  quarters(offsets: readonly number[]): this {
    for (const offset of offsets) this.quarter(offset);
    return this;
  }

  strike(opensAt: number, floor: number, over: Partial<Market> = {}): this {
    this.told.market({
      ...{ ticker: `KXBTC15M-${opensAt}`, eventTicker: `KXBTC15M-${opensAt}`, seriesTicker: 'KXBTC15M' },
      ...{ openAt: epochMs(opensAt), closeAt: epochMs(opensAt + QUARTER_MS) },
      ...{ strike: { type: 'greater_or_equal', floor }, settles: { kind: 'average', index: 'BRTI', seconds: 60 } },
      ...over,
    });
    return this;
  }

  /** What a market is worth whose strike stands so far above the proxy. */
  fair(above = 0): FairValue {
    const ticker = `ASKED-${this.#at}-${above}`;
    const closeAt = epochMs(Math.floor(this.#at / QUARTER_MS) * QUARTER_MS + QUARTER_MS);
    this.told.market({
      ...{ ...MARKET, ticker, eventTicker: ticker, seriesTicker: 'KXBTCD', closeAt },
      ...{ strike: { type: 'greater_or_equal', floor: this.proxy + above } },
      settles: { kind: 'average', index: 'BRTI', seconds: 60 },
    });
    this.told.book([[4_400, 10_000]], [[5_600, 10_000]], ticker).turn();
    const decision = this.told.engine.market(ticker)?.decision;
    if (decision?.fair === undefined) throw new Error(decision?.gate?.reason ?? 'no decision');
    return decision.fair;
  }

  #hear(value: number): void {
    this.told.tell({ type: 'reference_price', index: 'BRTI', value, exchangeAt: this.told.at });
  }
}

const OFF = [9, 10, 9.5, 9.5];

describe('an engine that hears a proxy', () => {
  it('believes the configured error until four strikes have told how far off it is', () => {
    const three = new Day().quarter(0).quarters([9, 10, 9.5]).fair();
    expect(three.inputs).toMatchObject({ proxyOffsetDollars: 0, proxySdDollars: 15 });
    expect(three.reasons).toEqual([
      'a proxy of BRTI, ± 15 $ as configured: 3 of the 4 strikes were seen of late that tell its offset',
    ]);
    const four = new Day().quarter(0).quarters(OFF).fair();
    expect(four.inputs.proxyOffsetDollars).toBeCloseTo(9.5, 6);
    expect(four.reasons?.[0]).toMatch(
      /^a proxy of BRTI, taken \+9\.50 \$ \(± \d\.\d\d\), off by ± \d+\.\d\d \$ a window: by the last 4 of 4 strikes$/,
    );
  });

  it('then prices the index and not the proxy, with less error and the doubt in the offset in its interval', () => {
    const day = new Day().quarter(0).quarters([...OFF, ...OFF, ...OFF]);
    const [atProxy, atIndex] = [day.fair(), day.fair(9.5)];
    expect(atProxy.probability).toBeGreaterThan(0.51);
    expect(atIndex.probability).toBeCloseTo(0.5, 1);
    const { proxySdDollars = NaN, mean = NaN } = atIndex.inputs;
    expect(mean).toBeCloseTo(day.proxy + 9.5, 1);
    expect(proxySdDollars).toBeLessThan(8.5);
    const same = new Day({ fair: { ...AVERAGE, proxySdDollars: 0 } })
      .quarter(0)
      .quarters([...OFF, ...OFF, ...OFF])
      .fair(0);
    // At the money the doubt in the volatility moves nothing; what is left is the offset's.
    expect(atIndex.standardError).toBeGreaterThan(same.standardError);
  });

  it('grows less sure of itself where the offset moves about, and never takes the index for a proxy of itself', () => {
    const steady = new Day()
      .quarter(0)
      .quarters([...OFF, ...OFF])
      .fair();
    const restless = new Day().quarter(0).quarters([40, -20, 35, -15, 40, -20, 35, -15]).fair();
    expect(restless.inputs.proxySdDollars).toBeGreaterThan(2 * (steady.inputs.proxySdDollars ?? NaN));
    expect(restless.standardError).toBeGreaterThan(steady.standardError);
    const itself = new Day({ fair: { ...AVERAGE, proxySdDollars: 0 } })
      .quarter(0)
      .quarters([...OFF, ...OFF])
      .fair();
    expect(itself.inputs.mean).toBeCloseTo(100_000, 0);
    expect(itself.inputs.proxySdDollars).toBeUndefined();
  });

  it('learns nothing from a minute with a hole, a strike told twice, one of another thing, or one that is not set', () => {
    const day = new Day().quarter(0).quarters([9, 10, 9.5]);
    const learned = () => day.fair().reasons?.[0];
    const three = expect.stringContaining('3 of the 4 strikes');
    day.quarter(9.5, { isHeard: (secondsLeft) => secondsLeft > 40 || secondsLeft < 20 });
    expect(learned()).toEqual(three);
    // Half of one minute and half of the next are sixty prints as well.
    day.quarter(9.5, { isHeard: (left) => left > 40 }).quarter(9.5, { isHeard: (left) => left <= 30 });
    expect(learned()).toEqual(three);
    const opensAt = Math.floor(day.told.at / QUARTER_MS) * QUARTER_MS;
    day.quarter(5_000).strike(opensAt, 100_009.5).strike(opensAt, 100_009.5);
    expect(learned()).toEqual(three);
    day.strike(opensAt + QUARTER_MS, Number.NaN, { strike: { type: 'greater_or_equal' } });
    expect(learned()).toEqual(three);
    day.quarter(9.5);
    expect(learned()).toContain('of 4 strikes');
    day.strike(opensAt + 2 * QUARTER_MS, day.proxy + 9.5).strike(opensAt + 2 * QUARTER_MS, day.proxy + 9.5);
    expect(learned()).toContain('of 4 strikes');
  });

  it('forgets an offset that six hours have not confirmed', () => {
    const day = new Day().quarter(0).quarters(OFF);
    for (let quarter = 0; quarter < 5.75 * 4; quarter += 1) day.quarter(Number.NaN);
    expect(day.fair().inputs.proxyOffsetDollars).toBe(0);
    expect(day.fair().reasons?.[0]).toContain('± 15 $ as configured');
    expect(day.quarters(OFF).fair().inputs.proxyOffsetDollars).toBeCloseTo(9.5, 6);
  });

  it('learns the same from the same events, in a replay too', () => {
    const { told } = new Day().quarter(0).quarters([...OFF, 20, -3]);
    const again = new Engine({ idPrefix: told.engine.config.idPrefix, parameters: told.engine.config.parameters });
    for (const event of told.told) again.apply(event);
    const decisions = (engine: Engine) => [...engine.markets()].map(({ decision }) => decision);
    expect(decisions(again)).toEqual(decisions(told.engine));
  });
});

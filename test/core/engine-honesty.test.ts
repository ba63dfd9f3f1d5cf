/** A model that is not believed: smaller orders, none that add to a position, and exits as before. Fair is the mid, 50 ¢. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/lib/core/engine.ts';
import type { Standing } from '../../src/lib/core/honesty/standing.ts';
import { centicontracts, epochMs } from '../../src/lib/core/units.ts';
import { parametersOf, quotingStory, type Story, type StoryOptions } from '../support/engine.ts';
import { T0, TICKER } from '../support/orders.ts';
import { clampedTo, standing } from '../support/standings.ts';

const BENCHED = standing({ benched: 'it has begun to drift', drift: 'up' });
const off = (over: Partial<Standing> = {}) =>
  standing({ bins: [{ from: 0.5, to: 0.6, sizePermille: 0, isOff: true, why: '55 % was said' }], ...over });

const tell = (teller: Story, ...standings: Standing[]) => teller.tell({ type: 'standing', standings });

function told(standings: Standing[], options: StoryOptions = {}, held?: 'bid' | 'ask') {
  const teller = quotingStory(options);
  if (held !== undefined) teller.fill(held, 400);
  tell(teller, ...standings).wait(2_000);
  for (let turn = 0; turn < 3; turn += 1) teller.quote();
  return teller;
}

function shown(teller: Story) {
  const decision = teller.engine.market(TICKER)?.decision;
  return [decision?.bid.shown?.size, decision?.ask.shown?.size];
}

const resting = (teller: Story) => teller.resting().map((line) => line.replace(' working', ''));

describe('a benched model', () => {
  it('shows nothing where nothing is held, and takes away what rests', () => {
    const teller = told([BENCHED]);
    expect([shown(teller), teller.gate(), resting(teller)]).toEqual([[undefined, undefined], 'benched', []]);
    expect(teller.reason('bid')).toBe('mid in KXTEST: it has begun to drift');
    expect(teller.view().markets[0]).toMatchObject({ state: 'benched', why: 'mid in KXTEST: it has begun to drift' });
  });

  it.each([
    ['bid', [undefined, 400]],
    ['ask', [400, undefined]],
  ] as const)('with a position by the %s still takes it down, and no further', (side, sizes) => {
    expect(shown(told([BENCHED], {}, side))).toEqual(sizes);
  });

  it('quotes again when it is believed again', () => {
    const teller = told([BENCHED]);
    tell(teller, standing()).wait(2_000).quote();
    expect([shown(teller), teller.gate()]).toEqual([[1_000, 1_000], undefined]);
    expect(teller.engine.takeLog().map(({ text }) => text)).toEqual(
      expect.arrayContaining(['benched, mid in KXTEST: it has begun to drift', 'mid in KXTEST is no longer benched']),
    );
  });

  it('leaves other models and series alone, and a word about one leaves the word about another standing', () => {
    expect(shown(told([{ ...BENCHED, series: 'KXOTHER' }]))).toEqual([1_000, 1_000]);
    expect(shown(told([{ ...BENCHED, model: 'micro' }]))).toEqual([1_000, 1_000]);
    const teller = told([BENCHED]);
    tell(teller, standing({ model: 'micro' }), standing({ series: 'KXOTHER' })).quote();
    expect(teller.gate()).toBe('benched');
  });

  it('is benched in markets that come later', () => {
    const teller = told([BENCHED]).market({ ticker: 'LATER', eventTicker: 'L' });
    teller.book([[4_400, 10_000]], [[5_600, 10_000]], 'LATER').quote();
    expect(teller.gate('LATER')).toBe('benched');
  });

  it('is left when another one prices the market', () => {
    const teller = told([BENCHED]);
    const parameters = parametersOf({ fair: { kind: 'micro' } });
    teller.tell({ type: 'parameters_changed', parameters, by: 'the test' }).wait(2_000).quote();
    expect(shown(teller)).toEqual([1_000, 1_000]);
  });

  it('is said and nothing more where that is not enforced', () => {
    const probe = { probeSize: centicontracts(100) };
    const teller = told([BENCHED], { honesty: { isEnforced: false, ...probe } });
    expect(shown(teller)).toEqual([1_000, 1_000]);
    expect(teller.engine.takeLog().at(-1)?.text).toContain('honesty.is_enforced is off');
    const parameters = parametersOf({ honesty: { isEnforced: true, ...probe } });
    teller.tell({ type: 'parameters_changed', parameters, by: 'the test' }).quote();
    expect(teller.gate()).toBe('benched');
  });
});

describe('a clamped size', () => {
  it.each([
    [1_000, 1_000],
    [999, 900],
    [500, 500],
    [332, 300],
    [99, 100],
    [0, 100],
  ])('of %i thousandths of ten contracts is %i hundredths, in whole contracts and one at least', (permille, size) => {
    const teller = told([clampedTo(permille)]);
    expect(shown(teller)).toEqual([size, size]);
    expect(resting(teller)).toEqual([`bid 4800 × ${size}`, `ask 5200 × ${size}`]);
  });

  it('takes what rests down in place: its queue place stays', () => {
    const teller = quotingStory();
    expect(tell(teller, clampedTo(500)).lines()).toEqual(['amend bid 4800 × 500', 'amend ask 5200 × 500']);
  });

  it('takes it away where nothing but cancels may be sent', () => {
    const teller = quotingStory().tell({ type: 'rate_limited', until: epochMs(T0 + 60_000) });
    expect(tell(teller, clampedTo(500)).lines()).toEqual(['cancel bid 4800 × 1000', 'cancel ask 5200 × 1000']);
  });

  it('says why, in the decision and on the screen', () => {
    const teller = told([clampedTo(332)]);
    const clamp = { size: 300, of: 1_000, why: 'at 50 to 60 %, where as composed' };
    expect(teller.engine.market(TICKER)?.decision?.clamp).toEqual(clamp);
    expect(teller.view().markets[0]).toMatchObject({
      ...{ state: 'quoting', why: 'size clamped to 3.00 of 10.00: at 50 to 60 %, where as composed' },
    });
  });

  it('never holds back what takes a position down', () => {
    expect(shown(told([clampedTo(0)], {}, 'bid'))).toEqual([100, 400]);
    expect(shown(told([clampedTo(600)], {}, 'bid'))).toEqual([600, 600]);
    expect(shown(told([off()], {}, 'ask'))).toEqual([400, undefined]);
    expect(shown(told([clampedTo(0, { benched: 'it has begun to drift' })], {}, 'bid'))).toEqual([undefined, 400]);
  });

  it('without a probe, or of a bin that is off, is no order at all', () => {
    const none = { honesty: { isEnforced: true, probeSize: centicontracts(0) } };
    expect([shown(told([clampedTo(99)], none)), told([clampedTo(99)], none).gate()]).toEqual([
      [undefined, undefined],
      'benched',
    ]);
    const teller = told([off()]);
    expect([shown(teller), teller.reason('ask')]).toEqual([
      [undefined, undefined],
      'at 50 to 60 %, where 55 % was said',
    ]);
  });

  it('is that of the bin which the fair value is in', () => {
    const teller = told([off()]);
    teller.moveTo(3_400, 4_600).wait(2_000);
    teller.quote();
    expect(shown(teller)).toEqual([1_000, 1_000]);
  });

  it('changes with the bin only a cent beyond its edge, so that quotes do not come and go where the fair value wavers', () => {
    const teller = told([off()]);
    const gates = [5_050, 4_950, 4_910, 4_880, 5_050, 5_090, 5_110, 4_950, 6_090, 6_110].map((mid) => {
      teller.moveTo(mid - 300, mid + 300).wait(2_000);
      teller.quote();
      return teller.gate();
    });
    const [none, is] = [undefined, 'benched'];
    expect(gates).toEqual([is, is, is, none, none, none, is, is, is, none]);
  });

  it('pays for the fee of its own size: what was worth showing as ten contracts may not be as one', () => {
    const edgeOf = (teller: Story) => teller.engine.market(TICKER)?.decision?.quote?.bid.feeDollars ?? 0;
    const maker = { type: 'quadratic_with_maker_fees', multiplier: { numerator: 1, denominator: 1 } } as const;
    const [whole, one] = [clampedTo(1_000), clampedTo(0)].map((said) => {
      const teller = quotingStory({ balanceStep: 10_000 as never }).market({ fees: maker });
      return edgeOf(tell(teller, said).wait(2_000).quote() && teller);
    });
    expect(one).toBeGreaterThan(whole ?? 0);
  });
});

describe('whatever is told of a model', () => {
  const anyBins = fc.array(fc.record({ sizePermille: fc.nat(1_000), isOff: fc.boolean() }), {
    ...{ minLength: 10, maxLength: 10 },
  });
  const anyWord = fc.record({ bins: anyBins, isBenched: fc.boolean(), probe: fc.constantFrom(0, 100, 300) });
  const anyCourse = fc.array(fc.tuple(fc.integer({ min: 8, max: 85 }), fc.constantFrom('', 'bid', 'ask')), {
    ...{ minLength: 1, maxLength: 8 },
  });

  function course(steps: readonly (readonly [number, string])[], probe: number, word?: Standing): Story {
    const teller = quotingStory({ honesty: { isEnforced: true, probeSize: centicontracts(probe) } });
    if (word !== undefined) tell(teller, word);
    for (const [bid, side] of steps) {
      teller.wait(2_000).moveTo(bid * 100, (bid + 6) * 100);
      teller.quote();
      if (side !== '') {
        const rests = [...teller.engine.orders.liveIn(TICKER)].find((one) => one.side === side && one.orderId);
        if (rests !== undefined) teller.fill(rests.side, 100);
      }
      teller.quote();
    }
    return teller;
  }

  it('no size grows by it, and a benched one never adds to what is held', () => {
    fc.assert(
      fc.property(anyCourse, anyWord, (steps, { bins, isBenched, probe }) => {
        const word = standing({
          bins: bins.map(({ sizePermille, isOff }, bin) => ({
            ...{ from: bin / 10, to: (bin + 1) / 10, sizePermille: isOff ? 0 : sizePermille, isOff, why: 'composed' },
          })),
          ...(isBenched && { benched: 'it has begun to drift' }),
        });
        const teller = course(steps, probe, word);
        const { decision } = teller.engine.market(TICKER) ?? {};
        const position = teller.engine.ledger.holding(TICKER).position;
        for (const side of ['bid', 'ask'] as const) {
          const size = decision?.[side].shown?.size ?? 0;
          const toReduce = Math.max(0, side === 'bid' ? -position : position);
          expect(size).toBeLessThanOrEqual(1_000);
          if (isBenched || decision?.clamp?.size === 0) expect(size).toBeLessThanOrEqual(toReduce);
          else if (decision?.clamp !== undefined)
            expect(size).toBeLessThanOrEqual(Math.max(decision.clamp.size, toReduce));
        }
        // Told again, the same comes of it.
        const again = new Engine({ idPrefix: 'kmm-a-1', parameters: teller.engine.config.parameters });
        expect(teller.told.flatMap((event) => again.apply(event))).toEqual(teller.asked);
      }),
      { numRuns: 60 },
    );
  });

  it('a model without a verdict is quoted as if nothing had been said', () => {
    fc.assert(
      fc.property(anyCourse, fc.nat(29), (steps, events) => {
        const silent = course(steps, 100);
        const spoken = course(steps, 100, standing({ events }));
        expect(spoken.asked).toEqual(silent.asked);
      }),
      { numRuns: 30 },
    );
  });
});

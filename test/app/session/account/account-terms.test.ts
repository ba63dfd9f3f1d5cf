import { describe, expect, it } from 'vitest';
import { KalshiRest } from '../../../../src/lib/adapters/kalshi/rest.ts';
import { unreachable } from '../../../../src/lib/adapters/kalshi/result.ts';
import { AccountTerms, TERMS_MS } from '../../../../src/lib/app/session/account/account-terms.ts';
import { AccountWatch } from '../../../../src/lib/app/session/account/watch-account.ts';
import { Loops } from '../../../../src/lib/app/session/loops.ts';
import { FAILURE, html, json, ManualClock, ScriptedWire } from '../../../adapters/kalshi/wire-doubles.ts';
import { emptyStory } from '../../../support/engine.ts';

const SMALLEST = 100;

function limits(write: number) {
  const read = { refill_rate: 200, bucket_capacity: 400 };
  return json(200, { usage_tier: 'any', read, write: { refill_rate: write, bucket_capacity: write } });
}

function costs(cost: number) {
  return json(200, { default_cost: cost, endpoint_costs: [] });
}

describe('the terms of an account', () => {
  const clock = new ManualClock();
  const available = (terms: AccountTerms) => terms.limiter.available(0, clock.now());

  it('are those of the smallest tier until they have been read', () => {
    const terms = new AccountTerms(clock);
    expect(available(terms)).toBe(SMALLEST);
    expect(terms.costs.defaultCost).toBe(10);
  });

  it('count as soon as they are read', async () => {
    const terms = new AccountTerms(clock);
    const wire = new ScriptedWire(({ path }) => (path.endsWith('/limits') ? limits(900) : costs(7)));
    expect(await terms.read(new KalshiRest(wire))).toEqual({ ok: true, value: undefined });
    expect(available(terms)).toBe(900);
    expect(terms.costs.defaultCost).toBe(7);
  });

  it('stay when they cannot be read, and each comes without the other', async () => {
    const terms = new AccountTerms(clock);
    const wire = new ScriptedWire(({ path }) => (path.endsWith('/limits') ? limits(50) : html(502)));
    expect(await terms.read(new KalshiRest(wire))).toMatchObject({ ok: true });
    expect([available(terms), terms.costs.defaultCost]).toEqual([50, 10]);
    wire.answer = ({ path }) => (path.endsWith('/limits') ? FAILURE : costs(3));
    expect(await terms.read(new KalshiRest(wire))).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
    expect([available(terms), terms.costs.defaultCost]).toEqual([50, 3]);
  });

  it('are read again every ten minutes while a session watches its account', async () => {
    const time = new ManualClock();
    let reads = 0;
    const rereadTerms = async () => {
      reads += 1;
    };
    const rest = new KalshiRest(new ScriptedWire(() => FAILURE));
    const dataAge = { ask: async () => ({ askedAt: time.now() }) };
    const watch = new AccountWatch({
      engine: emptyStory().engine,
      rest,
      clock: time,
      dataAge,
      loops: new Loops(time, 1, () => {}),
      emit: () => {},
      listCash: async () => unreachable('not asked here'),
      rereadTerms,
    });
    watch.start();
    await time.advance(TERMS_MS - 1);
    expect(reads).toBe(0);
    await time.advance(2 * TERMS_MS);
    expect(reads).toBe(2);
    watch.stop();
    await time.advance(TERMS_MS);
    expect(reads).toBe(2);
  });
});

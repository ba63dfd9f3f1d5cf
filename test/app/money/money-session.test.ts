/** C-7, A-ATT, X-9: what a session notes of its money, read back and held against its engine and against the exchange. */
import { describe, expect, it } from 'vitest';
import { moneyOf } from '../../../src/lib/app/money/read-money.ts';
import { withSources } from '../../../src/lib/app/report/report-account.ts';
import { pnlOf } from '../../../src/lib/core/pnl/account-pnl.ts';
import { cutsOf, dayOf } from '../../../src/lib/core/pnl/periods.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { MORNING, Scene } from '../../support/virtual-session.ts';

const DAY = dayOf(MORNING);

describe('a session', () => {
  it('leaves what its profit is worked out from, to the last digit', async () => {
    const scene = new Scene('KXBTC15M');
    await scene.open();
    await scene.run(150);
    const first = await scene.end();
    // Another goes on with the same money, and tells no fill of before as if it were new.
    const { session } = await scene.open();
    await scene.run(75);
    const { engine } = session;
    const endedAt = scene.clock.now();
    const second = await scene.end();
    expect([first.fills > 0, first.fills + second.fills]).toEqual([true, engine.ledger.fillCount]);
    expect(scene.log.filter((line) => /: (bought|sold) .* fee /.test(line))).toHaveLength(engine.ledger.fillCount);
    expect(scene.log.join('\n')).toContain(`the ledger begins with ${first.fills} fills`);

    const { money, samples } = await withSources(scene.configuration.home, ({ money: rows }) => {
      const account = rows.accounts()[0] ?? '';
      const whole = { from: epochMs(0), to: epochMs(endedAt + 60_000) };
      return {
        money: moneyOf(rows, { account, period: DAY, cuts: cutsOf(DAY, 'hour') }),
        samples: [...rows.marketSamples(account, whole)],
      };
    });
    expect(money.facts.fills).toHaveLength(engine.ledger.fillCount);
    expect(engine.ledger.fillCount).toBeGreaterThan(5);

    // the ledger from the journal is what the exchange stated at the end.
    expect(money.reconciled).toEqual({ kind: 'equal', at: expect.any(Number), since: 0 });
    const { total, rows } = pnlOf(money.facts, DAY, 'market');
    const { ledger, portfolio } = engine;
    expect(total.roundTrip + total.held).toBe(ledger.realized);
    expect(total.unrealized).toBe(portfolio.unrealized());
    expect(total.charged - total.rebates).toBe(ledger.fees);
    expect(total.net).toBe(ledger.realized + portfolio.unrealized() - ledger.fees);
    expect(rows.reduce((sum, { net }) => sum + net, 0)).toBe(total.net);
    for (const by of ['hour', 'strategy', 'event', 'series'] as const) {
      expect(pnlOf(money.facts, DAY, by).rows.reduce((sum, { net }) => sum + net, 0)).toBe(total.net);
    }

    // A-ATT: fills of both sessions but for their last minutes have all four mids, and what has none is counted.
    const rowsOf = Map.groupBy(money.facts.marks, ({ tradeId }) => tradeId);
    const whole = [...rowsOf.values()].filter((marks) => marks.length === 4);
    expect(whole.length).toBeGreaterThan(ledger.fillCount / 3);
    expect(total.split.unknownFills).toBe(ledger.fillCount - rowsOf.size);
    for (const mark of money.facts.marks) {
      const fill = money.facts.fills.find(({ tradeId }) => tradeId === mark.tradeId);
      const lateMs = mark.at - (fill?.at ?? 0) - mark.horizonMs;
      expect(lateMs >= 0 && lateMs <= 1_000, `${mark.tradeId} ${mark.horizonMs}`).toBe(true);
    }

    // C-7: samples every 15 s of what was quoted or held, every minute of the account, and one at the end.
    const [ticker] = money.facts.markets.map((market) => market.ticker);
    const times = samples.filter((sample) => sample.ticker === ticker).map(({ at }) => at);
    expect(times.filter((at, i) => at - (times[i - 1] ?? at) > 16_000).length <= 1).toBe(true);
    expect(samples.at(-1)).toMatchObject({ unrealized: expect.any(Number), latencyUs: expect.any(Number) });
    expect(money.samples.length).toBeGreaterThanOrEqual(7);
    expect(money.samples.at(-1)).toMatchObject({ cash: ledger.totalCash(), realized: ledger.realized, resting: 0 });
  });
});

it('nothing is read where no session was', async () => {
  const scene = new Scene('KXBTC15M');
  await expect(withSources(scene.configuration.home, () => 0)).rejects.toThrow(/no database/);
});

import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { migrate } from '../../../src/lib/adapters/store/migrations.ts';
import { RiskMarkRows } from '../../../src/lib/adapters/store/risk-mark-rows.ts';
import { RiskMarkWatch } from '../../../src/lib/app/session/account/risk-mark-watch.ts';
import type { RiskMark } from '../../../src/lib/core/risk/loss-watch.ts';
import { dollars, type Story, story } from '../../support/engine.ts';
import { after } from '../../support/orders.ts';

function rows() {
  const database = new Database(':memory:');
  migrate(database);
  return { database, riskMarks: new RiskMarkRows(database) };
}

describe('what the limits remember', () => {
  it('is kept by account and name, the last of each', () => {
    const { riskMarks } = rows();
    const peak = (value: number): RiskMark => ({ name: 'peak', value, at: after(value) });
    expect(riskMarks.keep('a', [peak(1), { name: 'day_start', value: -7, at: after(0) }])).toBeUndefined();
    riskMarks.keep('a', [peak(2)]);
    riskMarks.keep('b', [peak(3)]);
    expect(riskMarks.all('a')).toEqual([{ name: 'day_start', value: -7, at: after(0) }, peak(2)]);
    expect(riskMarks.all('b')).toEqual([peak(3)]);
  });

  it('leaves the commits of the journal as they were', () => {
    const { database, riskMarks } = rows();
    for (const level of [1, 2]) {
      database.pragma(level === 2 ? 'synchronous = FULL' : 'synchronous = NORMAL');
      riskMarks.keep('a', [{ name: 'peak', value: 1, at: after(0) }]);
      expect(database.pragma('synchronous', { simple: true })).toBe(level);
    }
  });

  it('that cannot be written is a problem, and is said once', () => {
    const { database, riskMarks } = rows();
    const said: string[] = [];
    const teller = traded(story());
    const clock = { now: () => teller.at } as never;
    const watch = new RiskMarkWatch({
      ...{ engine: teller.engine, journal: { riskMarks }, account: 'a', clock },
      warn: (text) => void said.push(text),
    });
    database.exec('DROP TABLE risk_marks');
    watch.tick(after(10_000));
    watch.tick(after(20_000));
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('what the limits remember cannot be written');
  });

  it('is written every few seconds where it has changed, and at the end', () => {
    const { riskMarks } = rows();
    const teller = traded(story());
    const clock = { now: () => teller.at } as never;
    const watch = new RiskMarkWatch({
      ...{ engine: teller.engine, journal: { riskMarks }, account: 'a', clock },
      warn: (text) => expect.unreachable(text),
    });
    const peakNow = () => riskMarks.all('a').find(({ name }) => name === 'peak')?.value;
    watch.tick(teller.at);
    expect(peakNow()).toBe(dollars(1));
    traded(teller);
    watch.tick(teller.at);
    expect(peakNow()).toBe(dollars(1));
    watch.stop();
    expect(peakNow()).toBe(dollars(2));
  });
});

let count = 0;
/** A dollar is made in a market that is not quoted. */
function traded(teller: Story): Story {
  for (const [side, price] of [
    ['bid', 4_000],
    ['ask', 5_000],
  ] as const) {
    count += 1;
    teller.tell({
      type: 'fill',
      ...{ tradeId: `mark-${count}`, orderId: 'elsewhere', ticker: 'KXOLD-1', side, price: price as never, shard: 0 },
      ...{ size: 1_000 as never, isTaker: true, fee: dollars(0) },
    });
  }
  teller.wait(1_000).turn();
  return teller;
}

import { describe, expect, it } from 'vitest';
import { Ledger } from '../../../src/lib/core/money/ledger.ts';
import { Reconciliation } from '../../../src/lib/core/money/reconcile.ts';
import { centicents, centicontracts } from '../../../src/lib/core/units.ts';
import { dollars } from '../../support/engine.ts';
import { after, fillSeen, TICKER } from '../../support/orders.ts';

/** $100 on shard 0; 10 contracts bought at 40 ¢ at the very beginning. */
function setting(): Reconciliation {
  const ledger = new Ledger();
  ledger.deposit(0, dollars(104));
  ledger.fill(fillSeen(1_000, { price: centicents(4_000) }), 0);
  const reconciliation = new Reconciliation(ledger);
  reconciliation.begin(after(0));
  return reconciliation;
}

const balance = (ms: number, cash: number) =>
  ({ type: 'balance', at: after(ms + 40), askedAt: after(ms), shards: [{ shard: 0, cash: dollars(cash) }] }) as const;

const positions = (ms: number, held: Readonly<Record<string, number>>) =>
  ({
    type: 'positions',
    at: after(ms + 40),
    askedAt: after(ms),
    positions: Object.entries(held).map(([ticker, position]) => ({ ticker, position: centicontracts(position) })),
  }) as const;

describe('reconciliation', () => {
  it('compares nothing before the ledger has been restored, whatever has moved already', () => {
    const ledger = new Ledger();
    const reconciliation = new Reconciliation(ledger);
    reconciliation.moved(after(0));
    for (const ms of [6_000, 12_000, 18_000]) expect(reconciliation.balance(balance(ms, 100))).toBeUndefined();
    ledger.deposit(0, dollars(99));
    reconciliation.begin(after(20_000));
    expect(reconciliation.balance(balance(26_000, 100))).toBeUndefined();
    expect(reconciliation.balance(balance(32_000, 100))).toMatch('cash differs');
  });

  it('finds nothing where the two agree', () => {
    const reconciliation = setting();
    expect(reconciliation.balance(balance(6_000, 100))).toBeUndefined();
    expect(reconciliation.positions(positions(6_000, { [TICKER]: 1_000 }))).toEqual([]);
  });

  it('believes a difference only when it is stated again after the read lag', () => {
    const reconciliation = setting();
    expect(reconciliation.balance(balance(6_000, 99))).toBeUndefined();
    expect(reconciliation.balance(balance(10_999, 99))).toBeUndefined();
    expect(reconciliation.balance(balance(11_000, 99))).toBe(
      'cash differs: shard 0: ours $100.000000, theirs $99.000000',
    );
  });

  it('does not take two different differences for one', () => {
    const reconciliation = setting();
    expect(reconciliation.balance(balance(6_000, 99))).toBeUndefined();
    expect(reconciliation.balance(balance(12_000, 98))).toBeUndefined();
    expect(reconciliation.balance(balance(18_000, 98))).toMatch(/theirs \$98\.000000$/);
    expect(reconciliation.positions(positions(6_000, { [TICKER]: 900 }))).toEqual([]);
    expect(reconciliation.positions(positions(12_000, { [TICKER]: 1_000, KXELSE: 1 }))).toEqual([]);
    expect(reconciliation.positions(positions(18_000, { [TICKER]: 900, KXELSE: 1 }))).toEqual([
      { ticker: 'KXELSE', text: 'the position differs: ours 0.00, theirs 0.01' },
    ]);
  });

  it('starts anew when a statement in between agrees', () => {
    const reconciliation = setting();
    reconciliation.balance(balance(6_000, 99));
    reconciliation.balance(balance(9_000, 100));
    expect(reconciliation.balance(balance(12_000, 99))).toBeUndefined();
    reconciliation.positions(positions(6_000, { [TICKER]: 1_000, KXELSE: 1 }));
    reconciliation.positions(positions(9_000, { [TICKER]: 1_000 }));
    expect(reconciliation.positions(positions(12_000, { [TICKER]: 1_000, KXELSE: 1 }))).toEqual([]);
  });

  it('starts anew when something of ours moved, and skips statements asked before that or shortly after', () => {
    const reconciliation = setting();
    reconciliation.balance(balance(6_000, 99));
    reconciliation.moved(after(10_000));
    for (const ms of [9_000, 14_999, 19_999]) expect(reconciliation.balance(balance(ms, 99))).toBeUndefined();
    expect(reconciliation.balance(balance(24_998, 99))).toBeUndefined();
    expect(reconciliation.balance(balance(24_999, 99))).toBeDefined();
  });

  it('counts a statement as old as the exchange says its data is (F05)', () => {
    const reconciliation = setting();
    const told = (ms: number, lagMs: number) => ({ ...balance(ms, 99), asOf: after(ms - lagMs) });
    // All of these may be from before the last fill.
    for (const ms of [6_000, 12_000, 19_999]) expect(reconciliation.balance(told(ms, 20_000))).toBeUndefined();
    expect(reconciliation.balance(told(25_000, 20_000))).toBeUndefined();
    expect(reconciliation.balance(told(44_999, 20_000))).toBeUndefined();
    expect(reconciliation.balance(told(45_000, 20_000))).toMatch(/theirs \$99/);
  });

  it('reads what is not stated as nothing there', () => {
    const reconciliation = setting();
    const empty = (ms: number) => ({ type: 'balance', at: after(ms), askedAt: after(ms), shards: [] }) as const;
    expect([6_000, 11_000].map((ms) => reconciliation.balance(empty(ms)))[1]).toMatch(/theirs \$0\.000000$/);
    expect([6_000, 11_000].map((ms) => reconciliation.positions(positions(ms, {})))[1]).toEqual([
      { ticker: TICKER, text: 'the position differs: ours 10.00, theirs 0.00' },
    ]);
  });
});

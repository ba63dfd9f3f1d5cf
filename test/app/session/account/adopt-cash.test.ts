/** Cash that moves without us, on a real session and in what explains it. */
import { describe, expect, it } from 'vitest';
import { MoneyRows } from '../../../../src/lib/adapters/store/money-rows.ts';
import { rebuildLedger } from '../../../../src/lib/app/money/rebuild-ledger.ts';
import { explainCash, type ListedCash, openingNews } from '../../../../src/lib/app/session/account/adopt-cash.ts';
import type { CashEntered } from '../../../../src/lib/core/events.ts';
import { Ledger } from '../../../../src/lib/core/money/ledger.ts';
import { epochMs, type Microdollars, microdollars } from '../../../../src/lib/core/units.ts';
import { dollars } from '../../../support/engine.ts';
import { ACCOUNT, Scene } from '../../../support/virtual-session.ts';

const NOW = epochMs(1_790_000_000_000);
type Movement = ListedCash['movements'][number];
type Transfer = ListedCash['transfers'][number];

const movement = (over: Partial<Movement> = {}): Movement => ({
  ...{ kind: 'deposit', id: 'd1', status: 'applied', method: 'ach', amount: dollars(20), fee: dollars(0) },
  createdAt: NOW,
  ...over,
});
const transfer = (over: Partial<Transfer> = {}): Transfer => ({
  ...{ transferId: 't1', fromShard: 0, toShard: 2, amount: dollars(5), status: 'complete', createdAt: NOW },
  ...{ from: 'event_contract', to: 'event_contract' },
  ...over,
});

function ledgerWith(...entries: readonly Partial<CashEntered>[]): Ledger {
  const ledger = new Ledger();
  for (const shard of [0, 2]) ledger.deposit(shard, dollars(100));
  for (const over of entries) {
    const amount = dollars(20);
    ledger.enter({
      type: 'cash_entered',
      at: NOW,
      entryId: 'd1',
      kind: 'deposit',
      shard: 0,
      amount,
      label: '',
      ...over,
    });
  }
  return ledger;
}

/** What the exchange states on shards 0 and 2, and what it lists: `shard amount kind` of what is believed of it. */
function explained(cash: readonly [number, number], listed: Partial<ListedCash>, ledger = ledgerWith()) {
  const stated = new Map<number, Microdollars>([
    [0, dollars(cash[0])],
    [2, dollars(cash[1])],
  ]);
  return explainCash(ledger, stated, { movements: [], transfers: [], ...listed }, NOW).map((news) =>
    news.type === 'cash_moved'
      ? `move ${news.transferId} ${news.amount / 1e6}`
      : `${news.kind} ${news.entryId} ${news.amount / 1e6} on ${news.shard}`,
  );
}

describe('a difference of cash', () => {
  it('is explained by a deposit on the shard where it shows, which no list names', () => {
    expect(explained([120, 100], { movements: [movement()] })).toEqual(['deposit d1 20 on 0']);
    expect(explained([100, 120], { movements: [movement()] })).toEqual(['deposit d1 20 on 2']);
  });

  it('is explained by several at once, on several shards', () => {
    const movements = [movement(), movement({ kind: 'withdrawal', id: 'w1', amount: dollars(7) })];
    expect(explained([88, 125], { movements, transfers: [transfer()] }).toSorted()).toEqual([
      'deposit d1 20 on 2',
      'move t1 5',
      'withdrawal w1 -7 on 0',
    ]);
  });

  it.each([
    ['deposit', 119, 19],
    ['deposit', 120, 20],
    ['withdrawal', 79, -21],
    ['withdrawal', 80, -20],
  ] as const)('may be a %s with its fee or without: the balance says which', (kind, cash, amount) => {
    const one = movement({ kind, fee: dollars(1) });
    expect(explained([cash, 100], { movements: [one] })).toEqual([`${kind} d1 ${amount} on 0`]);
  });

  it('is not explained by what is pending, failed, booked, or of another amount by one microdollar', () => {
    for (const status of ['pending', 'failed', 'returned']) {
      expect(explained([120, 100], { movements: [movement({ status })] })).toEqual([]);
    }
    expect(explained([140, 100], { movements: [movement()] }, ledgerWith({}))).toEqual([]);
    expect(explained([120.000_001, 100], { movements: [movement()] })).toEqual([]);
    expect(explained([95, 105], { transfers: [transfer({ status: 'pending' })] })).toEqual([]);
    // One shard is right, the other is not: nobody knows which of the two it was.
    expect(explained([120, 101], { movements: [movement()] })).toEqual([]);
  });

  it('is explained by a deposit that goes back', () => {
    const back = { movements: [movement({ status: 'returned' })] };
    expect(explained([100, 100], back, ledgerWith({}))).toEqual(['deposit d1 returned -20 on 0']);
    const booked = ledgerWith({}, { entryId: 'd1 returned', amount: dollars(-20) });
    expect(explained([80, 100], back, booked)).toEqual([]);
    // What was in the opening cash says nothing of where it lay.
    expect(explained([80, 100], back, ledgerWith({ amount: dollars(0) }))).toEqual([]);
  });

  it('is explained by a transfer to what we do not trade on, as cash that left', () => {
    const out = transfer({ to: 'margined' });
    expect(explained([95, 100], { transfers: [out] })).toEqual(['transfer t1 -5 on 0']);
    expect(explained([100, 105], { transfers: [transfer({ from: 'margined' })] })).toEqual(['transfer t1 5 on 2']);
    expect(explained([105, 100], { transfers: [transfer({ from: 'margined', to: 'margined' })] })).toEqual([]);
  });

  it('is explained by a transfer to a numbered subaccount or from one', () => {
    expect(explained([95, 100], { transfers: [transfer({ toShard: 0, to: 'subaccount 3' })] })).toEqual([
      'transfer t1 -5 on 0',
    ]);
    expect(explained([100, 105], { transfers: [transfer({ fromShard: 2, from: 'subaccount 3' })] })).toEqual([
      'transfer t1 5 on 2',
    ]);
  });

  it('is not explained later by a transfer that was in the opening cash', () => {
    const out = transfer({ to: 'margined' });
    const [known] = openingNews({ movements: [], transfers: [out] }, NOW, epochMs(NOW + 1_000));
    expect(known).toMatchObject({ type: 'cash_entered', entryId: 't1', amount: 0 });
    expect(explained([95, 100], { transfers: [out] }, ledgerWith(known as CashEntered))).toEqual([]);
  });

  it('is none at the first meeting: what is listed is known from then on and moves nothing', () => {
    const news = openingNews(
      { movements: [movement(), movement({ id: 'd2', status: 'pending' })], transfers: [transfer()] },
      NOW,
      epochMs(NOW + 1_000),
    );
    expect(news.map((one) => ('entryId' in one ? [one.entryId, one.amount] : [one.transferId, one.amount]))).toEqual([
      ['d1', 0],
      ['t1', dollars(5)],
    ]);
  });

  it('is left to what the opening balance may not hold yet: it lags, and the lists do not', () => {
    const listed = { movements: [movement()], transfers: [transfer()] };
    expect(openingNews(listed, NOW, epochMs(NOW + 999))).toEqual([]);
  });
});

describe('a session', () => {
  const cents = (count: number) => microdollars(count * 10_000);
  const cashOf = (scene: Scene) => scene.venue.balance(ACCOUNT).map(({ cash }) => cash);

  it('adopts deposits, withdrawals and transfers of others, while it runs and from before its start, and goes on (F41)', async () => {
    const scene = new Scene('KXHIGHNY');
    const first = await scene.open();
    await scene.run(5);
    scene.venue.deposit(ACCOUNT, 2, cents(713));
    scene.venue.withdraw(ACCOUNT, 0, cents(301));
    scene.venue.transfer(ACCOUNT, 1, 3, cents(150));
    await scene.run(65);
    const { ledger, halts } = first.session.engine;
    expect(halts.all()).toEqual([]);
    expect(scene.venue.balance(ACCOUNT).map(({ shard }) => ledger.cash(shard))).toEqual(cashOf(scene));
    expect(ledger.transfers).toBe(cents(713 - 301));
    expect(scene.log.filter((line) => line.includes('EXTERNAL'))).toEqual([
      'warn deposit of $7.130000 on shard 2: deposit by wire of $7.130000, made elsewhere (EXTERNAL)',
      'warn withdrawal of $-3.010000 on shard 0: withdrawal by wire of $3.010000, made elsewhere (EXTERNAL)',
    ]);
    expect((await scene.end()).reconciled).toBe(true);

    scene.venue.deposit(ACCOUNT, 1, cents(99));
    const second = await scene.open();
    await scene.run(5);
    expect(second.session.engine.halts.all()).toEqual([]);
    expect(second.session.engine.ledger.transfers).toBe(cents(713 - 301 + 99));
    expect((await scene.end()).reconciled).toBe(true);

    const rows = MoneyRows.open(scene.configuration.home.database, 'sim') as MoneyRows;
    const rebuilt = rebuildLedger(rows, ACCOUNT);
    const balances = (one: Ledger) =>
      new Map([...one.balances()].map(({ account, shard, balance }) => [`${account} on ${shard}`, balance]));
    expect(balances(rebuilt)).toEqual(balances(second.session.engine.ledger));
    rows.close();
  });

  it('halts when cash came that no list speaks of', async () => {
    const scene = new Scene('KXHIGHNY');
    const { session } = await scene.open();
    // A fill of ours would begin the proof anew.
    session.emit({ type: 'control', at: scene.clock.now(), verb: 'pause', by: 'the test' });
    await scene.run(1);
    scene.venue.control({ action: 'move_cash', accountId: ACCOUNT, shard: 2, amount: cents(250), as: 'unlisted' });
    await scene.run(130);
    const reasons = session.engine.halts.all().flatMap(({ name, reason }) => (name === 'RECONCILE' ? [reason] : []));
    expect(reasons).toEqual([expect.stringMatching(/^cash differs: shard 2: ours /)]);
    expect((await scene.end()).reconciled).toBe(false);
  });
});

/** Journal, exchange and trader side by side, on the embedded exchange. */
import { expect, it } from 'vitest';
import { openJournal } from '../../../src/lib/adapters/store/journal.ts';
import { StoreProblem } from '../../../src/lib/adapters/store/problem.ts';
import { controlledSession } from '../../../src/lib/app/control/controlled-session.ts';
import { threeWay } from '../../../src/lib/app/settle/three-way.ts';
import { SettleBench } from '../../support/settle-bench.ts';

type Money = ReturnType<ReturnType<typeof controlledSession>['money']>;

function compare(bench: SettleBench, money: () => Promise<Money | undefined>) {
  const { home, env } = bench.scene.configuration;
  const desk = bench.desk({ holder: { pid: 7, isTrader: true } });
  const openOrders = () => {
    const journal = openJournal({ path: home.database, env, access: 'guest' });
    if (journal instanceof StoreProblem) throw journal;
    const open = journal.openOrders(desk.clock.now(), desk.account);
    journal.close();
    return open;
  };
  return bench.within(threeWay({ desk, openOrders, money, spacingMs: 6_000 }));
}

it('a trader that quotes, its journal and the exchange agree while orders come and go; a planted difference is told', async () => {
  const bench = new SettleBench();
  const { session } = await bench.scene.open();
  const never = { stop: () => {}, ended: new Promise<never>(() => {}) };
  const trader = controlledSession(session, bench.scene.clock, never);
  await bench.scene.run(8);
  const agreed = await compare(bench, async () => trader.money());
  expect(agreed).toMatchObject({ hasTrader: true, isReconciled: true });
  expect(
    agreed.rows.filter(({ kind, trader: resting }) => kind === 'order' && resting !== null).length,
  ).toBeGreaterThan(0);
  const wrong = async () => {
    const { cash, ...rest } = trader.money();
    return { ...rest, cash: cash.map((one) => (one.shard === 1 ? { ...one, cash: (one.cash - 1) as never } : one)) };
  };
  const differing = await compare(bench, wrong);
  expect(differing.isReconciled).toBe(false);
  expect(differing.rows.filter(({ state }) => state === 'differs')).toEqual([
    {
      ...{ kind: 'cash', name: 'shard 1', state: 'differs' },
      ...{ journal: '10000.000000', exchange: '10000.000000', trader: '9999.999900' },
    },
  ]);
  await bench.scene.end();
});

it('without a trader the journal is held against the exchange, and what moves from look to look is not taken for a difference', async () => {
  const bench = new SettleBench();
  await bench.settle();
  expect(await compare(bench, async () => undefined)).toMatchObject({ hasTrader: false, isReconciled: true });
  bench.trade('ask', 3);
  const differing = await compare(bench, async () => undefined);
  expect(differing.isReconciled).toBe(false);
  expect(differing.rows).toContainEqual({
    ...{ kind: 'position', name: bench.ticker, journal: '0.00', exchange: '-3.00', trader: null, state: 'differs' },
  });
  await bench.settle();
  expect(await compare(bench, async () => undefined)).toMatchObject({ isReconciled: true });
  let look = 0;
  bench.hand = (wire) => ({
    async request(request) {
      if (request.path.endsWith('/portfolio/balance')) {
        look += 1;
        bench.cash(look % 2 === 0 ? 1 : 2);
      }
      return wire.request(request);
    },
  });
  expect(await compare(bench, async () => undefined)).toMatchObject({ isReconciled: null });
});

/** A session on a numbered subaccount of a key that acts on all of them, against an exchange that insists on being told which. */
import { expect, it } from 'vitest';
import { MoneyRows } from '../../../src/lib/adapters/store/money-rows.ts';
import { accountOfLink, subaccountOf } from '../../../src/lib/app/exchange/account-name.ts';
import { rebuildLedger } from '../../../src/lib/app/money/rebuild-ledger.ts';
import { replaySession } from '../../../src/lib/app/recording/replay-session.ts';
import type { Wire, WireRequest } from '../../../src/lib/ports.ts';
import { ACCOUNT, MORNING, Scene } from '../../support/virtual-session.ts';

const CONFIG = 'schema = "kmm/1"\n[account]\nsubaccount = 3\n';
const OF_THE_ACCOUNT = /\/portfolio\/(balance|positions|fills|settlements|orders|events\/orders|order_groups)/;

/** The embedded exchange has its primary subaccount only: it is told of none, once it was seen that number 3 is named. */
function insisting(wire: Wire, unnamed: string[]): Wire {
  return {
    request: ({ query = {}, body, ...request }: WireRequest) => {
      const named = `${JSON.stringify(query)}${body ?? ''}`.includes('"subaccount":3');
      if (OF_THE_ACCOUNT.test(request.path) && !named) unnamed.push(`${request.method} ${request.path}`);
      const { subaccount: _named, ...others } = query;
      const sent = body?.replaceAll(/"subaccount":3,?/g, '');
      return wire.request({ ...request, query: others, ...(sent !== undefined && { body: sent }) });
    },
  };
}

const own = (frame: Buffer) =>
  Buffer.from(frame.toString().replaceAll(/"subaccount(_number)?":0/g, '"subaccount$1":3'));

function fillOfAnother(ticker: string, tradeId: string): string {
  const msg = {
    ...{ trade_id: tradeId, order_id: 'theirs', market_ticker: ticker, is_taker: true, yes_price_dollars: '0.5000' },
    ...{ count_fp: '40.00', fee_cost: '0.70', book_side: 'bid', subaccount: 0, exchange_index: 0 },
  };
  return JSON.stringify({ type: 'fill', sid: 999, msg });
}

it('trades, reconciles and replays, and hears nothing of what the primary account does', async () => {
  const scene = new Scene('KXBTC15M', MORNING, 'sim', CONFIG);
  const unnamed: string[] = [];
  const { session, tape } = await scene.open({ wire: (wire) => insisting(wire, unnamed), frame: own });
  const [ticker = ''] = scene.orders('resting').map((order) => order.ticker);
  for (let turn = 0; turn < 12; turn += 1) {
    await scene.run(10);
    scene.hear(fillOfAnother(scene.orders('resting')[0]?.ticker ?? ticker, `theirs ${turn}`));
  }
  const fills = session.engine.ledger.fillCount;
  const summary = await scene.end();
  expect(unnamed).toEqual([]);
  expect(fills).toBeGreaterThan(0);
  expect(summary).toMatchObject({ reconciled: true });
  expect(scene.faults).toEqual([]);

  const account = `${ACCOUNT}/3`;
  const rows = MoneyRows.open(scene.configuration.home.database, 'sim') as MoneyRows;
  try {
    expect(rebuildLedger(rows, account).fillCount).toBe(summary.fills);
    expect(rebuildLedger(rows, ACCOUNT).fillCount).toBe(0);
  } finally {
    rows.close();
  }
  expect(replaySession(tape.path, undefined, 100)).toMatchObject({ verdict: 'same', session: { account } });
}, 60_000);

it('has a ledger of its own, whose name says whose', () => {
  expect([undefined, 0, 63].map((subaccount) => accountOfLink({ keyId: 'k', subaccount }))).toEqual([
    'k',
    'k/0',
    'k/63',
  ]);
  expect(['k', 'k/0', 'k/63', 'virtual-7-1790000000000'].map(subaccountOf)).toEqual([undefined, 0, 63, undefined]);
});

/** `kmm trade` as a user has it: beside a running `kmm run`, on an exchange without one, and where there is none. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Place, place } from '../support/cli.ts';
import { jsonHere, kmmHere } from '../support/kmm-here.ts';
import type { Json } from '../support/sim-client.ts';

const isQuoting = (record: Json) => record.type === 'status' && record.restingOrders > 0;

/** Typed beside what runs there; answered inside this process. */
function typedIn({ directory }: Place) {
  // What is asked for here at 99 ¢ would be taken for a slip of the finger.
  const here = { directory, variables: { KMM_RISK_HAND_PRICE_CENTS_MAX: '99' } };
  return {
    json: (...words: string[]) => jsonHere(here, words),
    kmm: (...words: string[]) => kmmHere(here, words),
  };
}

describe('kmm trade', () => {
  it('trades by hand in the running trader, and through a session of its own without one', async () => {
    const here = place();
    const user = typedIn(here);
    const run = here.start('run', '--json', '--markets', 'KXHIGHNY', '--for', '60s');
    await run.record(isQuoting);
    const ask = here.exchange();
    const { markets } = await ask('GET', '/markets?series_ticker=KXHIGHNY&status=open');
    const ticker = markets.find((one: Json) => Number(one.yes_bid_dollars) > 0.1).ticker;

    const dry = await user.json('trade', 'buy', ticker, '2', '3', '--dry-run');
    expect(dry.records).toMatchObject([{ type: 'trade_order', isDryRun: true, result: null, via: 'trader' }]);
    const bought = await user.json('trade', 'sell', ticker, '2', '97', '--side', 'no', '--tif', 'gtc');
    expect([bought.exit, bought.stderr]).toEqual([0, expect.stringContaining('in the book: buy 2 YES at 3 ¢')]);
    const [{ result, ...record }] = bought.records as [Json];
    expect(record).toMatchObject({
      action: 'sell',
      side: 'no',
      price: '0.9700',
      bookSide: 'bid',
      bookPrice: '0.0300',
      tif: 'gtc',
    });
    expect(result).toMatchObject({
      state: 'working',
      remaining: '2.00',
      clientOrderId: expect.stringContaining('-hand-'),
    });
    const listed = await user.json('trade', 'orders', '--ticker', ticker);
    expect(listed.records[0].orders).toContainEqual(
      expect.objectContaining({ orderId: result.orderId, side: 'yes', price: '0.0300' }),
    );
    const less = await user.json('trade', 'decrease', result.orderId, '--to', '1');
    expect(less.records[0].result).toMatchObject({ remaining: '1.00' });
    const gone = await user.json('trade', 'cancel', result.orderId);
    expect([gone.exit, gone.records[0].orders[0].state]).toEqual([0, 'cancelled']);
    const off = await user.json('trade', 'buy', ticker, '2', '3.5');
    expect([off.exit, off.records[0].error.code]).toEqual([2, 'KMM_PRICE_OFF_GRID']);
    run.signal('SIGINT');
    expect((await run.ended).exit).toBe(0);
    expect(run.records.at(-1)).toMatchObject({ type: 'summary', restingAtEnd: 0, reconciled: true });
    expect(existsSync(`${here.home.directory}/control.sock`)).toBe(false);
    const { records } = await user.json('replay', run.records.at(-1).tape);
    expect(records[0]).toMatchObject({ matches: true });
  });

  it('on a served exchange: buys, shows what is held, and moves cash only when told twice', async () => {
    const here = place();
    const user = typedIn(here);
    const serving = here.start('sim', 'serve', '--port', '0', '--json');
    const { rest, keyId, privateKeyFile } = await serving.record((record) => record.type === 'listening');
    const on = ['--sim-url', rest, '--key-id', keyId, '--key-file', privateKeyFile];
    const { markets } = (await (await fetch(`${rest}/markets?series_ticker=KXHIGHNY&status=open`)).json()) as Json;
    const ticker = markets.find((one: Json) => Number(one.yes_bid_dollars) > 0.1).ticker;

    const words = ['trade', 'buy', ticker, '2', '99', '--side', 'no', '--tif', 'ioc', ...on];
    const dry = await user.json(...words, '--dry-run');
    expect(dry.records).toMatchObject([{ via: 'session', isDryRun: true, result: null }]);
    const bought = await user.json(...words);
    expect(bought.records).toMatchObject([{ via: 'session', side: 'no', result: { state: 'filled', filled: '2.00' } }]);
    const { stdout: text } = await user.kmm('trade', 'positions', ...on);
    const positions = await user.json('trade', 'positions', ...on);
    expect(text).toMatch(new RegExp(`${ticker}\\s+NO\\s+2\\s+\\d+(\\.\\d+)? ¢`));
    expect(positions.records[0].positions).toMatchObject([{ ticker, side: 'no', count: '2.00', position: '-2.00' }]);
    const unsure = await user.json('trade', 'transfer', '--from', '0', '--to', '2', '5', ...on);
    expect([unsure.exit, unsure.records[0].error.code]).toEqual([2, 'KMM_NOT_CONFIRMED']);
    const moved = await user.json('trade', 'transfer', '--from', '0', '--to', '2', '5', '--yes', ...on);
    expect(moved.records[0]).toMatchObject({ amountDollars: '5.000000', isVisible: true });
    const balance = await user.json('trade', 'balance', ...on);
    const fills = await user.json('trade', 'fills', ...on);
    expect(balance.records[0].shards[2]).toEqual({ shard: 2, cashDollars: '10005.000000' });
    expect(fills.records[0].fills.length).toBeGreaterThan(0);
    serving.signal('SIGINT');
    await serving.ended;
  });

  it('without an exchange says how to start one; without a key, where it belongs', async () => {
    const here = place();
    const user = typedIn(here);
    const nothing = await user.kmm('trade', 'buy', 'KX-1', '1', '45');
    expect([nothing.exit, nothing.stderr]).toEqual([
      5,
      expect.stringMatching(/KMM_SIM_NOT_RUNNING.*\n.*kmm run · kmm sim serve/),
    ]);
    const demo = await user.json('trade', 'orders', '--env', 'demo');
    expect([demo.exit, demo.records[0].error.code]).toEqual([4, 'KMM_KEY_MISSING']);
    const usage = await user.json('trade', 'buy', 'KX-1', '1', '0.5');
    expect([usage.exit, usage.records[0].error.message]).toEqual([2, expect.stringContaining('write 0.5c or $0.5')]);
  });
});

/** What is cancelled for a trader that cannot: this instance's orders, whoever else trades on the account (F28, F33). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { homeOf, prepareHome } from '../../../src/lib/app/config/home.ts';
import { cancelForTrader } from '../../../src/lib/app/run/reach.ts';
import { openedJournal } from '../../support/journal.ts';
import { privateFile } from '../../support/keys.ts';
import { keyPair, openMarket, restClient, serve } from '../../support/sim-client.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** An order of this instance, one of another instance, and one by hand on the web page; all rest on one account. */
async function shared() {
  const home = homeOf('sim', { KMM_HOME: tempDir() });
  prepareHome(home);
  const journal = openedJournal(home.database);
  const ours = `kmm-${journal.instance}-1-cara-1`;
  journal.close();
  const pair = keyPair('ed25519', 'alice-1', 'alice');
  const { server } = await serve([pair]);
  const call = restClient(server, pair);
  const { ticker } = await openMarket(call);
  for (const id of [ours, 'kmm-elsewhere-1-cara-1', 'by-hand']) {
    const answer = await call('POST', '/portfolio/events/orders', {
      ...{ ticker, side: 'bid', count: '1.00', price: '0.0100', client_order_id: id },
      ...{ time_in_force: 'good_till_canceled', self_trade_prevention_type: 'taker_at_cross' },
    });
    expect(answer.status, JSON.stringify(answer.json)).toBe(201);
  }
  const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const keyFile = privateFile(join(home.directory, 'plain.pem'), pem);
  const said: string[] = [];
  const cancel = () =>
    cancelForTrader(
      { env: 'sim', home },
      { rest: server.restUrl, ws: server.restUrl.replace('http', 'ws'), keyId: pair.keyId, keyFile },
      (text) => said.push(text),
    );
  const resting = async () =>
    (await call('GET', '/portfolio/orders?status=resting')).json.orders.map(
      (order: { client_order_id: string }) => order.client_order_id,
    );
  return { home, said, cancel, resting };
}

describe('what is cancelled for a trader that is gone', () => {
  it('is what this instance of kmm placed, by id, and nothing of another or of a person', async () => {
    const { said, cancel, resting } = await shared();
    expect(await cancel()).toMatchObject({ isConfirmed: true, cancelled: 1 });
    expect(await resting()).toEqual(expect.arrayContaining(['kmm-elsewhere-1-cara-1', 'by-hand']));
    expect([(await resting()).length, said]).toEqual([2, []]);
  });

  it('is what any kmm placed where the journal cannot be read, which is said', async () => {
    const { home, said, cancel, resting } = await shared();
    writeFileSync(home.database, 'no database, and long enough'.repeat(200));
    expect(await cancel()).toMatchObject({ isConfirmed: true, cancelled: 2 });
    expect(await resting()).toEqual(['by-hand']);
    expect(said).toEqual([expect.stringContaining('the orders of any kmm are taken for ours')]);
  });
});

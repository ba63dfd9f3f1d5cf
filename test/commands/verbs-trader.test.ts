/** The verbs to a trader that runs: a whole session in virtual time behind a control socket, and the program as it is typed. */
import { describe, expect, it } from 'vitest';
import { heldTrader } from '../support/held-trader.ts';

describe('to a running trader', () => {
  it('pause, resume, flatten and stop are obeyed, proved and told', async () => {
    const { scene, session, held, kmm } = await heldTrader();
    const market = held();
    if (market === undefined) throw new Error('nothing was filled');
    const { ticker, position } = market;

    const paused = await kmm('pause', '--yes');
    expect([paused.exit, paused.records[0]]).toMatchObject([0, { via: 'trader', tickers: [] }]);
    expect(session.view(undefined).state).toBe('paused');
    const typo = await kmm('pause', 'KXTYPO', '--yes');
    expect([typo.exit, typo.records[0].error.code]).toEqual([2, 'KMM_TICKER_UNKNOWN']);

    const dry = await kmm('flatten', ticker, '--cost-dollars-max', '5', '--dry-run');
    expect([dry.exit, dry.records[0]]).toMatchObject([
      0,
      { isDryRun: true, via: 'trader', costDollarsMax: '5.000000' },
    ]);
    expect(Number(dry.records[0].position)).not.toBe(0);
    expect(session.engine.flattens.views()).toEqual([]);

    const flat = await kmm('flatten', ticker, '--cost-dollars-max', '20', '--pay', '--within', '2m', '--yes');
    expect(flat.records[0]).toMatchObject({ type: 'flatten', end: 'flat', phase: 'over', position: '0.00' });
    expect([flat.exit, Math.abs(Number(flat.records[0].startPosition))]).toEqual([0, expect.any(Number)]);
    expect(Number(flat.records[0].costDollars)).toBeLessThanOrEqual(20);
    expect(session.engine.ledger.holding(ticker).position).toBe(0);
    const again = await kmm('flatten', ticker, '--cost-dollars-max', '5', '--yes');
    expect([again.exit, again.records[0].error.code]).toEqual([2, 'KMM_NO_POSITION']);
    expect(position).not.toBe(0);

    const resumed = await kmm('resume', '--all', '--yes');
    expect(resumed.records[0].cleared.map(({ scope }: { scope: string }) => scope).sort()).toEqual(['*', ticker]);
    expect(session.view(undefined).halts).toEqual([]);

    const stopped = await kmm('stop', '--yes');
    expect([stopped.exit, stopped.records[0]]).toMatchObject([
      0,
      { type: 'stop', via: 'trader', isConfirmed: true, resting: 0, reconciled: true },
    ]);
    expect(scene.resting()).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { readTape } from '../../../src/lib/adapters/store/tape-reader.ts';
import { loadBacktest } from '../../../src/lib/app/backtest/load.ts';
import { replaySession } from '../../../src/lib/app/recording/replay-session.ts';
import { refused } from '../../../src/lib/core/refused.ts';
import { Scene } from '../../support/virtual-session.ts';

const CONFIG = 'schema = "kmm/1"\n[fair.series]\nKXBTC15M = "average"\nKXINXU = "index"\n';

describe('what comes from outside the exchange', () => {
  it('is on the tape, and a replay decides by it again', async () => {
    const scene = new Scene('KXBTC15M', undefined, 'sim', CONFIG);
    const { session, tape } = await scene.open();
    await scene.run(60);
    const at = () => scene.clock.now();
    const decision = () => [...session.engine.markets()].find(({ isSelected }) => isSelected)?.decision;
    expect(decision()?.posture).toBe('quote');
    const value = decision()?.fair?.inputs.reference ?? Number.NaN;
    session.emit({ type: 'reference_lost', at: at(), index: 'BRTI', reason: '0 of 2 sources of BRTI are fresh' });
    await scene.run(0.1);
    expect(decision()?.gate).toMatchObject({ name: 'reference_doubted' });
    session.emit({ type: 'reference_price', at: at(), index: 'BRTI', value: value + 1, exchangeAt: at() });
    session.emit({
      ...{ type: 'index_calibrated', at: at(), index: 'SPX', product: 'hourly' },
      says: refused('parameters_bad', 'of another version'),
    });
    await scene.run(5);
    expect(decision()?.posture).toBe('quote');
    const { path } = tape;
    await scene.end();
    const read = readTape(path);
    if (!('records' in read)) throw new Error(read.message);
    const kinds = [...read.records()].map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'reference')).toHaveLength(1);
    const fallback = { idPrefix: 'x', parameters: scene.configuration.parameters };
    expect(replaySession(path, fallback, 1_000)).toMatchObject({ matches: true });
    // Nor is it lost to whoever asks what another configuration would have made of the day.
    const data = await loadBacktest({ files: [path], references: [], markets: [], prints: 'auto' });
    expect(data.calibrations?.slice(1)).toEqual([
      expect.objectContaining({ index: 'SPX', says: expect.objectContaining({ code: 'parameters_bad' }) }),
    ]);
    expect(data.records.references.flatMap(({ lost }) => lost ?? [])).toEqual(['0 of 2 sources of BRTI are fresh']);
  });
});

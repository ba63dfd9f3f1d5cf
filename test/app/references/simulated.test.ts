/** When a session takes the index of the embedded exchange, and what stands before that. */
import { describe, expect, it } from 'vitest';
import type { ReferenceSettings } from '../../../src/lib/app/references/settings.ts';
import { isIndexSimulated, withSimulated } from '../../../src/lib/app/references/simulated.ts';
import { CalibrationWatch } from '../../../src/lib/app/session/markets/calibration-watch.ts';
import type { EngineEvent } from '../../../src/lib/core/events.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { composedIndexModel, keepIndexModel } from '../../support/composed-index.ts';
import { parametersOf } from '../../support/engine.ts';
import { tempDir } from '../../support/temp-dir.ts';

const NOBODY: ReferenceSettings = { rules: { ageMsMax: 2_000, outlierShare: 0.005 }, indices: [], sources: [] };
const NOW = epochMs(Date.parse('2026-11-20T10:50:00-05:00'));

describe('the simulated index', () => {
  it('is taken in sim alone, for its series alone, and where nobody else is named for it', () => {
    const sim = { env: 'sim', references: NOBODY } as const;
    expect(isIndexSimulated(sim, ['KXBTC15M', 'KXINXU'])).toBe(true);
    expect(isIndexSimulated(sim, ['KXINX-26NOV20H1600-B6987'])).toBe(true);
    expect(isIndexSimulated(sim, ['KXBTC15M', 'KXNASDAQ100'])).toBe(false);
    expect(isIndexSimulated({ ...sim, env: 'demo' }, ['KXINXU'])).toBe(false);
    const indices = [{ index: 'SPX', symbols: { polygon: 'I:SPX' }, sourcesMin: 1 }];
    expect(isIndexSimulated({ ...sim, references: { ...NOBODY, indices } }, ['KXINXU'])).toBe(false);
  });

  it('is heard beside the stream of the exchange, and leaves other indices as they are', () => {
    const indices = [{ index: 'BRTI', symbols: { kraken: 'BTC/USD' }, sourcesMin: 1 }];
    const found = withSimulated({ ...NOBODY, indices }, 'ws://127.0.0.1:8790/trade-api/ws/v2');
    expect(found.indices.map(({ index }) => index)).toEqual(['BRTI', 'SPX']);
    expect(found.sources).toEqual([{ name: 'sim', url: 'ws://127.0.0.1:8790/sim/indices' }]);
  });

  function told(calib: string, isSimulated: boolean) {
    const events: EngineEvent[] = [];
    const parameters = parametersOf({ fairBySeries: { KXINXU: { kind: 'index-ladder', referenceAgeMsMax: 2_000 } } });
    const engine = { config: { idPrefix: 'x', parameters } };
    const emit = (event: EngineEvent) => void events.push(event);
    const watch = new CalibrationWatch({ calib, isSimulated, engine, log: { say: () => {} }, emit });
    const said = () =>
      events.splice(0).map((event) => {
        if (event.type !== 'index_calibrated') return event.type;
        const { index, product, says } = event;
        return `${index} ${product} ${says.kind === 'refused' ? says.code : says.profile}`;
      });
    return { watch, said };
  }

  it('is priced by its own law, told once a day, where nothing was fitted; what was fitted stands before it', () => {
    const calib = tempDir();
    const { watch, said } = told(calib, true);
    watch.tick(NOW);
    const others = ['NDX hourly parameters_unknown', 'NDX close parameters_unknown'];
    expect(said()).toEqual(['SPX hourly simulated', 'SPX close simulated', ...others]);
    watch.tick(epochMs(NOW + 3_600_000));
    expect(said()).toEqual([]);
    watch.tick(epochMs(NOW + 24 * 3_600_000));
    expect(said()).toEqual(['SPX hourly simulated', 'SPX close simulated']);
    keepIndexModel(calib, composedIndexModel('2026-11-20T21:00:00Z'));
    watch.tick(epochMs(NOW + 25 * 3_600_000));
    expect(said()).toEqual(['SPX hourly assumed']);
  });

  it('has no law where it is not simulated', () => {
    const { watch, said } = told(tempDir(), false);
    watch.tick(NOW);
    expect(said()[0]).toBe('SPX hourly parameters_unknown');
  });
});

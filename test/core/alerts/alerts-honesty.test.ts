import { describe, expect, it } from 'vitest';
import { ofModel } from '../../../src/lib/core/alerts/honesty-conditions.ts';
import type { Standing } from '../../../src/lib/core/honesty/standing.ts';

function standing(more: Partial<Standing> = {}): Standing {
  return {
    ...{ model: 'micro', series: 'KXE', events: 200, drift: 'none', calibrationError: 0.02, bins: [], benched: null },
    ...more,
  };
}

const told = (more: Partial<Standing>, errorByChance = 0.04) =>
  ofModel({ standing: standing(more), errorByChance }).map(({ key, priority, stage }) => [key, priority, stage]);

describe('what is told of a model', () => {
  it('is nothing while it is right', () => expect(told({})).toEqual([]));

  it('is a calibration error above five per cent, once there are 30 events and chance does not make it', () => {
    expect(told({ calibrationError: 0.0501 })).toEqual([['calibration micro KXE', 'medium', '0']]);
    expect(told({ calibrationError: 0.05 })).toEqual([]);
    expect(told({ calibrationError: 0.3, events: 29 })).toEqual([]);
    expect(told({ calibrationError: 0.11 }, 0.12)).toEqual([]);
    expect(told({ calibrationError: null })).toEqual([]);
  });

  it('is another story when another number of its bins is off', () => {
    const bin = { from: 0.1, to: 0.2, sizePermille: 0, isOff: true, why: 'off' };
    expect(told({ calibrationError: 0.2, bins: [bin, { ...bin, isOff: false }] })).toEqual([
      ['calibration micro KXE', 'medium', '1'],
    ]);
  });

  it('is its drift, by direction, and that it is benched, with the next command', () => {
    expect(told({ drift: 'up' })).toEqual([['drift micro KXE', 'medium', 'up']]);
    const [benched] = ofModel({ standing: standing({ benched: 'every bin is off' }), errorByChance: null });
    expect(benched).toMatchObject({ key: 'benched micro KXE', priority: 'medium' });
    expect(benched?.text).toMatch(/every bin is off.*still reduced: kmm report calibration$/);
  });
});

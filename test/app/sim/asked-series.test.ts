import { describe, expect, it } from 'vitest';
import { closedNote, seriesAskedFor, seriesNamed, worldStart } from '../../../src/lib/app/sim/asked-series.ts';
import { epochMs } from '../../../src/lib/core/units.ts';

const at = (text: string) => epochMs(Date.parse(text));
const SUNDAY = at('2026-11-29T12:00:00-05:00');

describe('series of an index that are asked for', () => {
  it('come beside the built-in ones, and nothing changes where none is named', () => {
    expect(seriesAskedFor(['KXBTC15M', 'KXHIGHNY', 'KXINXED'])).toEqual({});
    expect(seriesAskedFor(['KXINX-26NOV20H1600'])).toEqual({ series: ['KXBTC15M', 'KXBTCD', 'KXHIGHNY', 'KXINX'] });
    expect(seriesNamed(' KXINXU, KXINX ').series).toContain('KXINXU');
    expect(seriesNamed(undefined)).toEqual({});
    expect(() => seriesNamed('KXINXU,KXBTC')).toThrow('--series KXBTC is none of KXINXU, KXINX');
  });

  it('have no market while New York is closed, which is said', () => {
    const asked = seriesAskedFor(['KXINXU']);
    for (const moment of ['2026-11-29T12:00:00-05:00', '2026-11-26T12:00:00-05:00', '2026-11-27T13:00:00-05:00'])
      expect(closedNote(asked, at(moment)), moment).toMatch(/^New York does not trade now, and KXINXU has no market/);
    expect(closedNote(asked, at('2026-11-27T12:59:00-05:00'))).toBeUndefined();
    expect(closedNote({}, SUNDAY)).toBeUndefined();
  });

  it('may be asked for at another time than now, within what a calendar knows', () => {
    expect(worldStart('2026-11-20T10:48-05:00', SUNDAY)).toBe(at('2026-11-20T10:48:00-05:00'));
    expect(() => worldStart('2005-01-01T00:00Z', SUNDAY)).toThrow('a world begins between 2016 and 2100');
    expect(() => worldStart('9999-01-01T00:00Z', SUNDAY)).toThrow('a world begins between 2016 and 2100');
    expect(() => worldStart('tomorrow', SUNDAY)).toThrow('tomorrow is no time');
  });
});

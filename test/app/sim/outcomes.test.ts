import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOutcomes } from '../../../src/lib/app/sim/outcomes.ts';
import { sharedPath } from '../../support/shared.ts';
import { tempDir } from '../../support/temp-dir.ts';

function outcomesOf(text: string) {
  const file = join(tempDir(), 'markets.csv');
  writeFileSync(file, text);
  return readOutcomes(file);
}

const HEADER = 'market_ticker,close_time_utc,floor_strike,settle_value,settle_source,result';
const CLOSE = Date.UTC(2026, 4, 13, 13, 5, 0);

describe('a file of outcomes', () => {
  it('says of each market when it closes, its strike, its value and its result', () => {
    expect(
      outcomesOf(`${HEADER}\nA,2026-05-13T13:05:00Z,80000.5,80020.11,x,yes\nB,2026-05-13T13:05:00Z,,,,no\n`),
    ).toEqual(
      new Map([
        [
          'A',
          {
            ...{ closeAt: CLOSE, result: 'yes', expirationValue: '80020.11' },
            strike: { type: 'greater_or_equal', floor: 80_000.5 },
          },
        ],
        ['B', { closeAt: CLOSE, result: 'no' }],
      ]),
    );
  });

  it('finds columns by name, whatever their order, with Windows line ends, quotes, a byte order mark and blank lines', () => {
    const text = '\uFEFFresult,"ticker",other,close_time,strike\r\n"no",A,?,2026-05-13T13:05:00Z,1\r\n\r\n';
    expect(outcomesOf(text)).toEqual(
      new Map([['A', { closeAt: CLOSE, result: 'no', strike: { type: 'greater_or_equal', floor: 1 } }]]),
    );
  });

  it.each(['2026-05-13T13:05:00', '2026-05-13 13:05:00', '2026-05-13T15:05:00+02:00'])(
    'reads %s as the same moment, in whatever zone this machine is',
    (close) => {
      expect(outcomesOf(`ticker,close_time,result\nA,${close},\n`)).toEqual(new Map([['A', { closeAt: CLOSE }]]));
    },
  );

  it('takes the kind of the strike from its column', () => {
    const text =
      'ticker,close_time,strike,strike_type,result\nA,2026-05-13T13:05:00Z,1,greater,yes\nB,2026-05-13T13:05:00Z,1,,yes\n';
    const outcomes = outcomesOf(text);
    expect([outcomes.get('A')?.strike?.type, outcomes.get('B')?.strike?.type]).toEqual(['greater', 'greater_or_equal']);
  });

  it.each([
    ['', ':1: needs the columns'],
    ['ticker,result\nA,yes\n', ':1: needs the columns'],
    [`${HEADER}\nA,tomorrow,1,,,yes\n`, ':2: no ticker or no close time in "A,tomorrow,1,,,yes"'],
    [`${HEADER}\n,2026-05-13T13:05:00Z,1,,,yes\n`, ':2: no ticker'],
    [`${HEADER}\n\nA,2026-05-13T13:05:00Z,1,,,maybe\n`, ':3: result "maybe" is not yes or no'],
    [`${HEADER}\nA,2026-05-13T13:05:00Z,high,,,yes\n`, ':2: strike "high" is no number'],
    [
      'ticker,close_time,strike,strike_type,result\nA,2026-05-13T13:05:00Z,1,between,yes\n',
      ':2: strike type "between"',
    ],
  ])('%j is refused with its line', (text, what) => {
    expect(() => outcomesOf(text)).toThrow(
      expect.objectContaining({ code: 'KMM_OUTCOMES_BAD', what: expect.stringContaining(what) }),
    );
  });

  it('that is not there is refused by name', () => {
    expect(() => readOutcomes('/nowhere/markets.csv')).toThrow(/\/nowhere\/markets\.csv cannot be read/);
  });
});

describe('the outcomes of others', () => {
  it.each(['data/kxbtc15m_markets.csv', 'data/kxgold15m_markets.csv'])('%s are read', (relative) => {
    const file = sharedPath(relative);
    if (file === undefined) return;
    const outcomes = [...readOutcomes(file).values()];
    expect(outcomes.length).toBeGreaterThan(5);
    for (const { closeAt, result } of outcomes) {
      expect(closeAt % 900_000).toBe(0);
      expect(['yes', 'no', undefined]).toContain(result);
    }
  });
});

/** What a forecast document may say, and every way in which one is refused: with a code and a sentence, never in part. */
import { describe, expect, it } from 'vitest';
import { forecastsFrom } from '../../../src/lib/adapters/sources/document.ts';
import { SourceProblem } from '../../../src/lib/core/reference/source-problem.ts';
import { epochMs } from '../../../src/lib/core/units.ts';

const NOW = epochMs(Date.UTC(2026, 10, 29, 9, 0, 30));
const HEAD = { schema: 'kmm-forecast/1', model: 'desk', version: '7', made_at: '2026-11-29T04:00:00-05:00' };
const ONE = { about: 'KXHIGHNY', probability: 0.42, standard_error: 0.03 };

function read(forecasts: readonly object[], head: object = {}, about?: readonly string[]) {
  return forecastsFrom(JSON.stringify({ ...HEAD, ...head, forecasts }), NOW, about);
}

function refusal(of: () => unknown): string {
  try {
    of();
  } catch (error) {
    if (error instanceof SourceProblem) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'taken in';
}

describe('a forecast document', () => {
  it('says a chance with its error or its 95 % interval, a normal, points, or that it refuses', () => {
    const said = read([
      { ...ONE, valid_until: '2026-11-29T10:00:00Z', reasons: ['warm front'] },
      { about: 'KXA', probability: 0.5, interval: [0.402, 0.598] },
      { about: 'KXB', normal: { mean: 48.2, sd: 1.9, grid: 1, least: 45 } },
      {
        about: 'KXC',
        points: {
          points: [
            [1, 0.25],
            [2, 0.75],
          ],
          doubt: 0.1,
          grid: 1,
        },
      },
      { about: 'KXD', refused: 'no balloon came back' },
    ]);
    const madeAt = Date.UTC(2026, 10, 29, 9, 0, 0);
    expect(said[0]).toEqual({
      ...{ about: 'KXHIGHNY', madeAt, validUntil: Date.UTC(2026, 10, 29, 10) },
      ...{ says: { kind: 'probability', probability: 0.42, standardError: 0.03 }, reasons: ['desk 7', 'warm front'] },
    });
    expect(said[1]?.says).toMatchObject({ kind: 'probability', standardError: expect.closeTo(0.05, 5) });
    expect(said[2]?.says).toEqual({ kind: 'normal', mean: 48.2, sd: 1.9, doubt: 0, grid: 1, least: 45 });
    expect(said[3]?.says).toEqual({
      kind: 'points',
      points: [
        [1, 0.25],
        [2, 0.75],
      ],
      doubt: 0.1,
      grid: 1,
    });
    expect(said[4]?.says).toEqual({ kind: 'refused', code: 'source_refuses', reason: 'no balloon came back' });
  });

  it.each([
    ['a chance above 1', { probability: 1.2 }, 'forecasts.0.probability: must be between 0 and 1'],
    ['a chance below 0', { probability: -0.1 }, 'must be between 0 and 1'],
    ['no chance at all', { probability: null }, 'forecasts.0.probability: must be a number'],
    ['no error of the chance', { standard_error: undefined }, 'needs either its standard_error or its 95 % interval'],
    ['both', { interval: [0.4, 0.5] }, 'needs either its standard_error or its 95 % interval'],
    [
      'a crossed interval',
      { standard_error: undefined, interval: [0.5, 0.4] },
      'the interval is crossed: 0.5 is above 0.4',
    ],
    [
      'a chance outside its interval',
      { standard_error: undefined, interval: [0.5, 0.6] },
      '0.42 is outside its interval',
    ],
    ['an error that is none', { standard_error: -0.1 }, 'must be between 0 and 0.5'],
    [
      'a chance and a normal',
      { normal: { mean: 1, sd: 1, grid: 1 } },
      'must say one of probability, normal, points and refused',
    ],
    ['a ticker that is none', { about: 'kxhighny; rm' }, 'must be a market, an event or a series'],
    ['a key that is not known', { confidence: 3 }, 'unknown key "confidence"'],
    [
      'what a terminal would obey',
      { reasons: ['\u001b[2Jgone'] },
      'forecasts.0.reasons.0: must be one line of plain text',
    ],
    ['a time that is none', { valid_until: 'tomorrow' }, 'must be a time such as'],
  ])('is refused whole for %s', (_, wrong, said) => {
    const answer = refusal(() =>
      read(
        [
          { about: 'KXFINE', probability: 0.5, standard_error: 0.1 },
          { ...ONE, ...wrong },
        ].reverse(),
      ),
    );
    expect(answer).toMatch(/^source_invalid: /);
    expect(answer).toContain(said);
  });

  it.each([
    [
      'a bound above the other',
      { normal: { mean: 1, sd: 1, grid: 1, least: 3, most: 2 } },
      'least must not be above most',
    ],
    ['a spread below 0', { normal: { mean: 1, sd: -1, grid: 1 } }, 'must not be below 0'],
    ['a grid of 0', { normal: { mean: 1, sd: 1, grid: 0 } }, 'must be above 0'],
    [
      'points that add up to something else',
      {
        points: {
          points: [
            [1, 0.5],
            [2, 0.4],
          ],
          grid: 1,
        },
      },
      'must add up to 1',
    ],
    ['no points', { points: { points: [], grid: 1 } }, 'forecasts.0.points.points'],
  ])('is refused for a distribution with %s', (_, wrong, said) => {
    expect(refusal(() => read([{ about: 'KXHIGHNY', ...wrong }]))).toContain(said);
  });

  it.each([
    ['<!doctype html><title>502</title>', 'source_not_json: a forecast document in JSON was expected, and HTML came'],
    ['', 'source_not_json: a forecast document in JSON was expected, and nothing came'],
    ['{"probability": NaN}', 'source_not_json'],
    ['[]', 'source_version: its schema is none'],
    ['null', 'source_version'],
    ['{"schema": "kmm-forecast/2"}', 'source_version: its schema is "kmm-forecast/2", and kmm-forecast/1 is what'],
    [JSON.stringify({ ...HEAD, forecasts: [ONE] }).replace('0.42', '1e999'), 'source_invalid'],
  ])('%s is none', (text, said) => {
    expect(refusal(() => forecastsFrom(text, NOW))).toContain(said);
  });

  it('is refused when it comes from the future, says a thing twice, or speaks of what it may not', () => {
    expect(refusal(() => read([ONE], { made_at: '2026-11-29T09:00:33Z' }))).toMatch(/^source_future: .* 3 s from now$/);
    expect(refusal(() => read([ONE], { made_at: '2026-11-29T09:00:32Z' }))).toBe('taken in');
    expect(refusal(() => read([ONE, ONE]))).toBe('source_invalid: KXHIGHNY stands there twice');
    expect(refusal(() => read([ONE], {}, ['KXTSAW']))).toContain('speaks of KXHIGHNY');
    expect(refusal(() => read([ONE], {}, ['KXHIGHNY']))).toBe('taken in');
  });
});

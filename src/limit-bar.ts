/**
 * A limit as a bar, its parts told apart without colour: held, resting, in flight, unknown, and what is left. Any part above zero
 * shows at least one cell, and only a limit that is used up shows no free cell.
 */
import { amountText, barText, contractsText, type Glyphs, priceText } from './format.ts';
import type { LimitUnit } from './lib/core/risk/limits.ts';
import type { Parts } from './lib/core/risk/risk-book.ts';
import type { Centicents, Centicontracts, Microdollars } from './lib/core/units.ts';

interface BarSigns {
  readonly held: string;
  readonly resting: string;
  readonly inFlight: string;
  readonly unknown: string;
}

const UNICODE: BarSigns = { held: '█', resting: '▓', inFlight: '▒', unknown: '?' };
const ASCII: BarSigns = { held: '#', resting: '=', inFlight: '~', unknown: '?' };

export function barSigns(signs: Glyphs): BarSigns {
  return signs.full === '█' ? UNICODE : ASCII;
}

export interface BarFigures {
  readonly used?: number;
  readonly allowed: number;
  readonly parts?: Parts;
}

export function limitBar({ used, allowed, parts }: BarFigures, width: number, signs: Glyphs): string {
  if (used === undefined) return signs.dash.padEnd(width);
  const share = allowed > 0 ? used / allowed : used > 0 ? 1 : 0;
  const whole = barText(share, width, signs);
  if (parts === undefined || used === 0) return whole;
  const filled = [...whole].filter((cell) => cell === signs.full).length;
  const { held, resting, inFlight, unknown } = parts;
  const cells = cellsOf([held, resting, inFlight, unknown], filled);
  const { held: a, resting: b, inFlight: c, unknown: d } = barSigns(signs);
  return (
    [a, b, c, d].map((sign, index) => sign.repeat(cells[index] ?? 0)).join('') + signs.empty.repeat(width - filled)
  );
}

/** By largest remainder; a part above zero gets one cell as long as there are any, the least known first. */
function cellsOf(parts: readonly number[], cells: number): readonly number[] {
  const sum = parts.reduce((all, part) => all + part, 0);
  const exact = parts.map((part) => (sum === 0 ? 0 : (part / sum) * cells));
  const given = exact.map(Math.floor);
  const wanting = exact.map((value, index) => ({ index, rest: value - Math.floor(value) }));
  wanting.sort((a, b) => b.rest - a.rest);
  let left = cells - given.reduce((all, one) => all + one, 0);
  for (const { index } of wanting)
    if (left > 0 && given[index] !== undefined) [given[index], left] = [given[index] + 1, left - 1];
  for (let index = parts.length - 1; index >= 0; index--) {
    if ((parts[index] ?? 0) === 0 || (given[index] ?? 0) > 0) continue;
    const most = given.indexOf(Math.max(...given));
    if ((given[most] ?? 0) < 2) continue;
    given[most] = (given[most] ?? 0) - 1;
    given[index] = 1;
  }
  return given;
}

export function legendText(signs: Glyphs): string {
  const { held, resting, inFlight, unknown } = barSigns(signs);
  return `${held} held  ${resting} resting  ${inFlight} in flight  ${unknown} unknown  ${signs.empty} left`;
}

/** Of a limit, in its unit; a dash where it is not known. */
export function figureText(unit: LimitUnit, figure: number | undefined, signs: Glyphs): string {
  if (figure === undefined) return signs.dash;
  switch (unit) {
    case 'dollars':
      return amountText(figure as Microdollars);
    case 'contracts':
      return contractsText(figure as Centicontracts, signs);
    case 'price':
      return `${priceText(figure as Centicents, signs)} ${signs.cent}`;
    case 'count':
      return String(figure);
    default:
      return unit satisfies never;
  }
}

/** "1.77 held, 10.80 resting": what there is of it. */
export function partsText(unit: LimitUnit, parts: Parts | undefined, signs: Glyphs): string {
  if (parts === undefined) return '';
  const { held, resting, inFlight, unknown } = parts;
  const named = [
    [held, 'held'],
    [resting, 'resting'],
    [inFlight, 'in flight'],
    [unknown, 'unknown'],
  ] as const;
  return named
    .flatMap(([figure, name]) => (figure === 0 ? [] : [`${figureText(unit, figure, signs)} ${name}`]))
    .join(', ');
}

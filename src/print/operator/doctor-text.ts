/** The doctor's lines for people: a sign, what was looked at, what was found, and below it what mends it. */
import type { Glyphs } from '../../format.ts';
import type { DoctorLine } from '../../lib/app/doctor/facts.ts';

export function doctorLines(lines: readonly DoctorLine[], signs: Glyphs): readonly string[] {
  const width = Math.max(...lines.map(({ check }) => check.length));
  const sign = { good: signs.tick, doubtful: '!', bad: signs.cross };
  return lines.flatMap(({ check, level, text, next }) => {
    const line = `${sign[level]} ${check.padEnd(width)}  ${text}`;
    const mends = `${' '.repeat(width + 4)}Try: ${(next ?? []).join(` ${signs.separator} `)}`;
    return next === undefined || level === 'good' ? [line] : [line, mends];
  });
}

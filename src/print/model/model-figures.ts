/** Figures of fitted models as text: shares, cents, intervals; what is not known is a dash. */
import type { Glyphs } from '../../format.ts';
import type { Span } from '../../lib/core/fill-model/types.ts';

/** Without a sign on what rounds to zero. */
export function figure(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** With its sign, unless it rounds to zero. */
export function centsText(cents: number): string {
  const text = figure(cents, 2);
  return Number(text) > 0 ? `+${text}` : text;
}

/** "0.62". */
export function oddsText(chance: number): string {
  return figure(chance, 2);
}

/** 0.0213 as "2.1 %". */
export function sharesText(share: number): string {
  return `${figure(share * 100, 1)} %`;
}

/** "[0.41, 0.62]"; a dash where markets are too few. */
export function spanText({ low, high }: Span, decimals: number, signs: Glyphs): string {
  return low === null || high === null ? signs.dash : `[${figure(low, decimals)}, ${figure(high, decimals)}]`;
}

/** On as many lines as it needs, those after the first set in. */
export function paragraph(text: string, width: number): readonly string[] {
  const indent = /^ */.exec(text)?.[0] ?? '';
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(' ')) {
    const start = lines.length === 0 ? indent : `${indent}  `;
    if (line !== '' && start.length + line.length + 1 + word.length > width) {
      lines.push(start + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, (lines.length === 0 ? indent : `${indent}  `) + line];
}

/** 'over_300s' as "> 300 s". */
export function closeText(close: string): string {
  return close === 'any'
    ? 'any'
    : close.replaceAll('_', ' ').replace('s', ' s').replace('over ', '> ').replace('under ', '< ');
}

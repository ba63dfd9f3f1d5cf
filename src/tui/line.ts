/** A line of the screen as spans of text, each with its look; panels are lists of lines, so that they can be measured. */
import { fittedText, textWidth } from '../text-width.ts';

export interface Span {
  readonly text: string;
  readonly color?: 'red' | 'green' | 'yellow' | 'cyan';
  readonly isDim?: boolean;
  readonly isBold?: boolean;
  readonly isInverse?: boolean;
}

export type Line = readonly Span[];

export function plain(text: string): Span {
  return { text };
}

export function widthOf(line: Line): number {
  return line.reduce((sum, { text }) => sum + textWidth(text), 0);
}

/** The same spans, all dimmed: data that is not fresh. */
export function dimmed(line: Line): Line {
  return line.map((span) => ({ ...span, isDim: true }));
}

/** Cut at the right to the width. */
export function cut(line: Line, width: number): Line {
  let left = width;
  return line.flatMap((span) => {
    const text = fittedText(span.text, left);
    left -= textWidth(span.text);
    return text === '' ? [] : [{ ...span, text }];
  });
}

/** As many items as fit side by side, two blanks between; those at the end go first. */
export function fitted(items: readonly Line[], width: number): Line {
  const spans: Span[] = [];
  let used = 0;
  for (const item of items) {
    const gap = used === 0 ? 0 : GAP.length;
    if (used + gap + widthOf(item) > width) break;
    if (gap > 0) spans.push(plain(GAP));
    spans.push(...item);
    used += gap + widthOf(item);
  }
  return spans;
}

const GAP = '  ';

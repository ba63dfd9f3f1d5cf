/** What a chart shows, as plain data: whoever has the numbers says it, svg-chart.ts draws it. */

/** A null breaks the line: nothing is known there. */
export type Point = readonly [x: number, y: number | null];

export interface Line {
  readonly name: string;
  readonly points: readonly Point[];
  /** What is held until it changes: drawn as steps. */
  readonly isStep?: boolean;
}

/** Single moments on the same axes. */
export interface Marks {
  readonly name: string;
  readonly shape: 'bought' | 'sold' | 'dot';
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** From low to high at one x: an interval. */
export type Range = readonly [x: number, low: number, high: number];

export interface Chart {
  readonly id: string;
  readonly title: string;
  /** What a reader who sees no picture is told. */
  readonly summary: string;
  /** The unit of the vertical axis: `$`, `contracts`, `¢`. */
  readonly unit: string;
  readonly from: number;
  readonly to: number;
  /** Where the horizontal axis is labelled. */
  readonly ticks: readonly { readonly x: number; readonly label: string }[];
  readonly lines: readonly Line[];
  readonly marks?: readonly Marks[];
  readonly ranges?: readonly Range[];
  /** Bounds of the vertical axis, where the data is not to choose them. */
  readonly yBounds?: readonly [low: number, high: number];
  /** The vertical axis begins where the data does: for prices, not for money. */
  readonly isFromData?: boolean;
}

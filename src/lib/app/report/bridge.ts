/** The halves of microdollars that a split is counted in, for whoever prints one. */
export { formatHalves, type HalfMicrodollars, halvesOf, type Split } from '../../core/pnl/split.ts';

/** Decimals beyond these say nothing to anybody who reads. */
const DECIMALS_MAX = 12;

/** So many significant digits, in digits alone: never as a power of ten, and no zeros at the end of a fraction. */
export function plainFigure(value: number, digits: number): string {
  if (!Number.isFinite(value)) return String(value);
  const rounded = Number(value.toPrecision(digits));
  if (rounded === 0) return '0';
  const decimals = Math.min(DECIMALS_MAX, Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(rounded)))));
  const text = rounded.toFixed(decimals);
  const plain = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return plain === '-0' ? '0' : plain;
}

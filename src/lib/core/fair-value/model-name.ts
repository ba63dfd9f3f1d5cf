/**
 * What a fair value's source is called when it is judged: as it is configured, without its numbers. A blend of another weight,
 * or a model with a new fit, is still the same way of saying what is likely, and keeps what is known of it.
 */
import type { FairSource } from '../parameters.ts';

/** `micro`, `mid`, `fixed`, `average`, `index`, `forecast:NAME`, or `blend:` before one of the last four. */
export function modelName(source: FairSource): string {
  switch (source.kind) {
    case 'micro':
    case 'mid':
    case 'fixed':
      return source.kind;
    case 'settlement-average':
      return 'average';
    case 'index-ladder':
      return 'index';
    case 'forecast':
      return `forecast:${source.model}`;
    case 'blend':
      return `blend:${modelName(source.model)}`;
    default:
      return source satisfies never;
  }
}

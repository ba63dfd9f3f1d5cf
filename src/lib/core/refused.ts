/** Makes a refusal: the named outcome of a model or a formula that does not hold here. It carries no number. */
import type { ModelRefusal } from './fair-value/types.ts';

/** `code` is a stable word for programs, `reason` a sentence for people. */
export function refused(code: string, reason: string): ModelRefusal {
  return { kind: 'refused', code, reason };
}

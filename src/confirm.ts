/**
 * Asks before something that is not easily taken back (operator.md, danger). Moderate: y/N, or --yes. Severe: the end of
 * the key id, typed or given with --confirm. Where nobody can be asked nothing is done.
 */
import { KmmError } from './lib/app/errors/errors.ts';
import { ask } from './prompt.ts';

/** Throws KMM_NOT_CONFIRMED. */
export async function confirmYes(step: string, isGiven: boolean, mayAsk: boolean): Promise<void> {
  if (isGiven) return;
  if (!mayAsk) throw nobodyThere(step, ['--yes']);
  if (!(await isYes(`${step}?`))) throw new KmmError('KMM_NOT_CONFIRMED', `${step}: not confirmed`);
}

/** `suffix` has to be typed, or to have been given. Throws KMM_NOT_CONFIRMED. */
export async function confirmSuffix(
  step: string,
  suffix: string,
  given: string | undefined,
  mayAsk: boolean,
): Promise<void> {
  if (given === undefined && !mayAsk)
    throw nobodyThere(step, [`--confirm with the last ${suffix.length} signs of the key id`]);
  const typed = given ?? (await ask(`${step}\ntype the last ${suffix.length} signs of the key id to go on: `)) ?? '';
  if (typed.trim() !== suffix) throw new KmmError('KMM_NOT_CONFIRMED', `${step}: that is not the end of the key id`);
}

/** Anything but a yes is a no; so is ^C. */
export async function isYes(question: string): Promise<boolean> {
  return /^y(es)?$/i.test(((await ask(`${question} [y/N] `)) ?? '').trim());
}

function nobodyThere(step: string, next: readonly string[]): KmmError {
  return new KmmError('KMM_NOT_CONFIRMED', `${step} must be confirmed, and there is nobody to ask`, { next });
}

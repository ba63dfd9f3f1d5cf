/**
 * I2: at rest, cash equals the exchange's to the last digit and so do positions; nothing of ours rests. While it runs the
 * same holds whenever the exchange has been quiet for as long as the slowest of the loops that would tell.
 */
import type { CheckerMaker, Money } from '../observation.ts';
import { isCalm } from './resting.ts';

/** A stream that loses nothing; the settlements list, read every five seconds. */
const CALM_MS = 7_000;
/** Two readings of the account, 30 s apart and each as old as reads may be. */
const LOOPS_MS = 70_000;

export const equal: CheckerMaker = ({ faults }) => {
  // Nothing says that a reward was paid but the cash itself: then it must say that it differs.
  const isCashMoved = faults.some(({ kind }) => kind === 'reward');
  const quietMs = isCalm(faults) ? CALM_MS : LOOPS_MS;
  return (seen) => {
    if (seen.kind === 'second' && seen.compared !== undefined && !isCashMoved) {
      const { ours, theirs } = seen.compared;
      return seen.compared.quietMs < quietMs ? undefined : differenceOf(ours, theirs);
    }
    if (seen.kind !== 'rested') return undefined;
    if (!seen.isConfirmed) return 'the end could not be confirmed though nothing was at fault any more';
    const difference = differenceOf(seen.ours, seen.theirs);
    if (difference === undefined) return undefined;
    return seen.saysEqual !== true && isCashMoved ? undefined : difference;
  };
};

export function differenceOf(ours: Money, theirs: Money): string | undefined {
  const wrong = [...differences('cash on shard', ours.cash, theirs.cash)];
  wrong.push(...differences('position in', ours.positions, theirs.positions));
  return wrong.length === 0 ? undefined : wrong.join('; ');
}

export function* differences<Key>(what: string, ours: ReadonlyMap<Key, number>, theirs: ReadonlyMap<Key, number>) {
  for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
    const [mine, other] = [ours.get(key) ?? 0, theirs.get(key) ?? 0];
    if (mine !== other) yield `${what} ${key}: ours ${mine}, theirs ${other}`;
  }
}

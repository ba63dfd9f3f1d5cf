/** I2: at rest, cash equals the exchange's to the last digit and so do positions; nothing of ours rests. */
import type { CheckerMaker } from '../observation.ts';

export const equal: CheckerMaker = () => (seen) => {
  if (seen.kind !== 'rested') return undefined;
  if (!seen.isConfirmed) return 'the end could not be confirmed though nothing was at fault any more';
  const { ours, theirs } = seen;
  const wrong = [...differences('cash on shard', ours.cash, theirs.cash)];
  wrong.push(...differences('position in', ours.positions, theirs.positions));
  return wrong.length === 0 ? undefined : wrong.join('; ');
};

function* differences<Key>(what: string, ours: ReadonlyMap<Key, number>, theirs: ReadonlyMap<Key, number>) {
  for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
    const [mine, other] = [ours.get(key) ?? 0, theirs.get(key) ?? 0];
    if (mine !== other) yield `${what} ${key}: ours ${mine}, theirs ${other}`;
  }
}

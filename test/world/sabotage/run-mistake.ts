/** A process with one mistake in it: runs worlds until the promise breaks that should, and prints all that broke. */
import { make } from './mistake-hooks.ts';
import { MISTAKES } from './mistakes.ts';

const mistake = MISTAKES[Number(process.argv[2])];
if (mistake === undefined) throw new Error(`there is no mistake ${process.argv[2]}`);
make(mistake);
const { runWorld } = await import('../world.ts');

/** A mistake that shows in fewer is a mistake that the checkers see. */
const WORLDS_MAX = 8;

const found = new Set<string>();
let worlds = 0;
for (const seed of Array.from({ length: WORLDS_MAX }, (_, index) => index + 1)) {
  if (found.has(mistake.caughtBy)) break;
  worlds += 1;
  const { violations } = await runWorld({
    seed,
    faults: mistake.faults,
    ...(mistake.scene && { scene: mistake.scene }),
  });
  for (const { invariant } of violations) found.add(invariant);
}
process.stdout.write(`${JSON.stringify({ found: [...found], worlds })}\n`);

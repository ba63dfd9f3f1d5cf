/**
 * `npm run trimmed-moments [-- WALKS]`: the table of core/fair-value/trimmed/window-moments.ts, a line for each number of prints
 * dropped at each end. Walks of sixty standard steps from a fixed seed; the plain mean of the same walks, whose variance is known
 * (math.md 8: 20.502778), is their control. A walk and its mirror image have the same squares, and the mean of both is 0.
 */
import { normal, seededStream } from '../src/lib/sim/random.ts';

const PRINTS = 60;
const PLAIN_SECONDS = ((PRINTS + 1) * (2 * PRINTS + 1)) / (6 * PRINTS);

const walks = Number(process.argv[2] ?? 2 ** 22);
const stream = seededStream('trimmed moments');
const prints = new Float64Array(PRINTS);
const counts = PRINTS / 2;
const sums = Array.from({ length: counts }, () => ({ square: 0, fourth: 0, together: 0 }));
for (let walk = 0; walk < walks; walk++) {
  let [at, sum] = [0, 0];
  for (let n = 0; n < PRINTS; n++) {
    at = normal(stream, at, 1);
    prints[n] = at;
    sum += at;
  }
  prints.sort();
  const plain = (sum / PRINTS) ** 2;
  for (let dropped = 0; dropped < counts; dropped++) {
    const square = (sum / (PRINTS - 2 * dropped)) ** 2;
    const own = sums[dropped] as { square: number; fourth: number; together: number };
    own.square += square / walks;
    own.fourth += (square * square) / walks;
    own.together += (square * plain) / walks;
    sum -= (prints[dropped] as number) + (prints[PRINTS - 1 - dropped] as number);
  }
}

const [control] = sums;
if (control === undefined) throw new Error('nothing was drawn');
const alone = control.fourth - control.square ** 2;
let errorMost = 0;
const rows = sums.map(({ square, fourth, together }) => {
  const slope = (together - square * control.square) / alone;
  const seconds = square - slope * (control.square - PLAIN_SECONDS);
  const left = fourth - square ** 2 - slope ** 2 * alone;
  errorMost = Math.max(errorMost, Math.sqrt(Math.max(0, left) / walks));
  const excess = 3 * (fourth / square ** 2 / (control.fourth / control.square ** 2) - 1);
  return `  [${seconds.toFixed(4)}, ${excess.toFixed(4)}],`;
});
process.stdout.write(`${rows.join('\n')}\nstandard error of the seconds: at most ${errorMost.toFixed(4)}\n`);

/**
 * `npm run sabotage`: every deliberate mistake in a copy of the program, and which promises it broke. Exit 1 when one was
 * not caught by the checker that is there for it.
 */
import { runMistakes } from '../test/world/sabotage/run-mistakes.ts';

const startedAt = performance.now();
const all = await runMistakes();
const rows = all.map(({ mistake: { name, file, caughtBy }, found, worlds }) => {
  const isCaught = found.includes(caughtBy);
  return {
    isCaught,
    text: `| ${name} | ${file} | ${isCaught ? caughtBy : 'NOT CAUGHT'} | ${found.join(' ')} | ${worlds} |`,
  };
});
process.stdout.write('| mistake | in src/ | caught by | broke | worlds |\n|---|---|---|---|---|\n');
for (const { text } of rows.sort((a, b) => (a.text < b.text ? -1 : 1))) process.stdout.write(`${text}\n`);
const missed = rows.filter(({ isCaught }) => !isCaught).length;
const seconds = Math.round((performance.now() - startedAt) / 1_000);
process.stdout.write(`${JSON.stringify({ type: 'sabotage', mistakes: rows.length, missed, seconds })}\n`);
process.exitCode = missed === 0 ? 0 : 1;

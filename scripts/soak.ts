/** `npm run soak -- [--minutes 30] [--seed N]`: prints one line of JSON, exit 1 when a claim does not hold. */
import { parseArgs } from 'node:util';
import { soak } from '../test/soak/soak.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, seed: { type: 'string', default: '1' } },
});
const minutes = Number(values.minutes);
if (!(minutes > 0 && minutes <= 1_440)) {
  process.stderr.write(`--minutes ${values.minutes}: a number above 0, at most 1440\n`);
  process.exit(2);
}
// Idle sockets may stay open for a while; all of it is done.
process.exit((await soak({ minutes, seed: values.seed })) ? 0 : 1);

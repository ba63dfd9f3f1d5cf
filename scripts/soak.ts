/**
 * `npm run soak -- [--minutes 30] [--seed N]`: real processes in real time. `npm run soak -- --days 8 [--seed N] [--markets
 * KXBTC15M] [--pace 0.1] [--money]`: one process in virtual time, with --money compared every hour while results are amended. Either prints one line of JSON, exit 1 when a claim does not hold.
 */
import { parseArgs } from 'node:util';
import { soakDays } from '../test/soak/days.ts';
import { soak } from '../test/soak/soak.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    days: { type: 'string' },
    seed: { type: 'string', default: '1' },
    markets: { type: 'string', default: 'KXBTC15M' },
    pace: { type: 'string', default: '0.1' },
    money: { type: 'boolean', default: false },
  },
});
const minutes = numberOf('minutes', values.minutes, 1_440);
const days = values.days === undefined ? undefined : numberOf('days', values.days, 366);
const pace = numberOf('pace', values.pace, 10);
const { seed, markets, money: isMoney } = values;
// Idle sockets may stay open for a while; all of it is done.
process.exit(
  (await (days === undefined ? soak({ minutes, seed }) : soakDays({ days, seed, markets, pace, isMoney }))) ? 0 : 1,
);

function numberOf(name: string, text: string, most: number): number {
  const number = Number(text);
  if (number > 0 && number <= most) return number;
  process.stderr.write(`--${name} ${text}: a number above 0, at most ${most}\n`);
  process.exit(2);
}

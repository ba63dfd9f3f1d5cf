/** The three-way comparison of the environment that a command means: its journal, its exchange, and the trader there. */
import { existsSync } from 'node:fs';
import { openJournal } from '../../adapters/store/journal.ts';
import type { OpenOrder } from '../../adapters/store/journal-queries.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { readLock } from '../../adapters/system/lock.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Configuration } from '../config/config.ts';
import { askTrader } from '../control/ask-trader.ts';
import type { TraderMoney } from '../control/control-messages.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import { openSettleDesk } from './settle-desk.ts';
import { type ThreeWay, threeWay } from './three-way.ts';

/** Between two looks: above the read lag, and in sim above the second in which the journal follows. */
const SPACING_MS = { sim: 1_500, demo: 6_000, prod: 6_000 } as const;

/** Takes no lock and writes nothing. Throws KMM_SIM_NOT_RUNNING, KMM_KEY_*, KMM_UNREACHABLE, KMM_LOCKED, KMM_DB_*. */
export async function reconcileHere(configuration: Configuration): Promise<ThreeWay> {
  const { env, home } = configuration;
  const desk = await openSettleDesk(configuration, true);
  try {
    return await threeWay({
      desk,
      spacingMs: SPACING_MS[env],
      openOrders: () => openOrders(configuration, desk.clock.now(), desk.account),
      money: () => traderMoney(home.lock),
    });
  } finally {
    await desk.close();
  }
}

function openOrders({ env, home }: Configuration, now: EpochMs, account: string): readonly OpenOrder[] {
  if (!existsSync(home.database)) return [];
  const journal = openJournal({ path: home.database, env, access: 'guest' });
  if (journal instanceof StoreProblem) throw kmmError(journal);
  try {
    return journal.openOrders(now, account);
  } finally {
    journal.close();
  }
}

async function traderMoney(lock: string): Promise<TraderMoney | undefined> {
  const held = readLock(lock);
  if (held?.control === undefined) return undefined;
  const answer = await askTrader(held.control, held.pid, { verb: 'money' });
  if (answer.kind === 'money') return answer.money;
  throw new KmmError('KMM_BUG', `the trader answered ${answer.kind} when it was asked for its money`);
}

/**
 * Where asks by hand are carried out: by the trader that runs here, over its control socket, or by a short session of our
 * own. Both are the same engine, gate, journal and gateway. Nothing lasting can be traded on an exchange that ends with
 * this command, so in sim one must be running.
 */

import { readLock } from '../../adapters/system/lock.ts';
import type { FlattenAsk, FlattenPreview, FlattenView } from '../../core/flatten/flatten-types.ts';
import type { HandAsk, HandOrder } from '../../core/hand/hand-types.ts';
import { epochMs } from '../../core/units.ts';
import type { Configuration } from '../config/config.ts';
import { askTrader } from '../control/ask-trader.ts';
import { KmmError } from '../errors/errors.ts';
import { accountOfLink } from '../exchange/account-name.ts';
import { lockedLink } from '../exchange/exchange-link.ts';
import { type ExchangeLink, READ_LAG_OF } from '../exchange/link.ts';
// Under this name because the linter takes what begins with "use" for a React hook.
import { useExchange as exchangeOf } from '../exchange/use-exchange.ts';
import { assertArmed } from '../keys/arming.ts';
import { operatorName } from '../operator.ts';
import { connect } from '../run/connect.ts';
import { takeLock } from '../run/take-lock.ts';
import { openRecords } from '../session/open-records.ts';
import type { CashMove, HandCheck, HandReply, MoveReport } from './hand-reply.ts';
import { HandSession } from './hand-session.ts';

export interface HandDesk {
  /** `trader`: a running one; `session`: our own, for this command. */
  readonly kind: 'trader' | 'session';
  /** What would come of it; sends nothing. */
  consider(ask: HandAsk): Promise<HandReply>;
  /** The same, and how much of it would pass. */
  check(ask: HandOrder): Promise<HandCheck>;
  carryOut(ask: HandAsk): Promise<HandReply>;
  move(move: CashMove): Promise<MoveReport>;
  readonly flatten: FlattenDesk;
  close(): Promise<void>;
}

/** Ways out of positions. Each throws what the engine refuses with. */
export interface FlattenDesk {
  consider(ask: FlattenAsk): Promise<FlattenPreview>;
  begin(ask: FlattenAsk): Promise<FlattenView>;
  /** How it stands, a moment later. */
  look(view: FlattenView): Promise<FlattenView>;
  callOff(ticker: string): Promise<FlattenView>;
}

/**
 * `take`: away alone, which nothing holds up. `consider`: nothing is sent, yet cash and positions must be known. `place`,
 * enlarge or move: production must be armed.
 */
export type HandPurpose = 'take' | 'consider' | 'place';

/**
 * Throws KMM_PROD_NOT_ARMED, KMM_LOCKED, KMM_SIM_NOT_RUNNING,
 * KMM_KEY_*, KMM_DB_*, KMM_UNREACHABLE.
 */
export async function openHandDesk(configuration: Configuration, purpose: HandPurpose): Promise<HandDesk> {
  const { env, home } = configuration;
  if (purpose === 'place') assertArmed(configuration, configuration.key?.id ?? '', epochMs(Date.now()));
  const held = readLock(home.lock);
  if (held?.control !== undefined) return traderDesk(held.control, held.pid);
  if (held !== undefined) {
    throw new KmmError('KMM_LOCKED', `process ${held.pid} runs ${env} here and has no control socket (yet)`);
  }
  const { link } = await exchangeOf(configuration, { mayStart: false });
  return sessionDesk(configuration, link, purpose);
}

function traderDesk(path: string, pid: number): HandDesk {
  const by = operatorName();
  const ask = async (wanted: HandAsk, isDryRun: boolean) => {
    const answer = await askTrader(path, pid, { verb: 'ask', ask: wanted, by, isDryRun });
    if (answer.kind !== 'reply') throw new KmmError('KMM_BUG', `the trader answered ${answer.kind} to an ask`);
    return answer.reply;
  };
  return {
    kind: 'trader',
    consider: (wanted) => ask(wanted, true),
    async check(wanted) {
      const answer = await askTrader(path, pid, { verb: 'check', ask: wanted });
      if (answer.kind === 'check') return answer.check;
      throw new KmmError('KMM_BUG', `the trader answered ${answer.kind} to a check`);
    },
    carryOut: (wanted) => ask(wanted, false),
    async move(transfer) {
      const answer = await askTrader(path, pid, { verb: 'transfer', ...transfer });
      if (answer.kind !== 'moved') throw new KmmError('KMM_BUG', `the trader answered ${answer.kind} to a transfer`);
      return answer.report;
    },
    flatten: traderFlatten(path, pid, by),
    close: async () => {},
  };
}

function traderFlatten(path: string, pid: number, by: string): FlattenDesk {
  const asked = async (wish: Parameters<typeof askTrader>[2]): Promise<FlattenView> => {
    const answer = await askTrader(path, pid, wish);
    if (answer.kind !== 'flatten') throw new KmmError('KMM_BUG', `the trader answered ${answer.kind} to a flatten`);
    return answer.view;
  };
  return {
    async consider(ask) {
      const answer = await askTrader(path, pid, { verb: 'flatten', ask, by, isDryRun: true });
      if (answer.kind === 'flatten_preview') return answer.preview;
      throw new KmmError('KMM_BUG', `the trader answered ${answer.kind} to a flatten`);
    },
    begin: (ask) => asked({ verb: 'flatten', ask, by, isDryRun: false }),
    look: ({ id }) => asked({ verb: 'flatten_look', id }),
    callOff: (ticker) => asked({ verb: 'flatten_off', ticker, by }),
  };
}

function sessionFlatten(session: HandSession, by: string): FlattenDesk {
  const { flatten } = session;
  return {
    consider: (ask) => flatten.consider(ask),
    begin: (ask) => flatten.begin(ask, by),
    async look(view) {
      await session.refresh(view.ticker);
      return flatten.look(view.id) ?? view;
    },
    callOff: async (ticker) => flatten.callOff(ticker, by),
  };
}

async function sessionDesk(configuration: Configuration, link: ExchangeLink, purpose: HandPurpose): Promise<HandDesk> {
  const { env, home } = configuration;
  const { close, stream: _stream, ...connection } = await connect(env, link);
  try {
    const lock = takeLock(home);
    try {
      lock.update(lockedLink(link));
      const { clock, keyFingerprint } = connection;
      const records = openRecords({ configuration, link, clock, keyFingerprint, mustBeArmed: purpose === 'place' });
      const session = new HandSession({
        ...{ ...records, ...connection, environment: env, account: accountOfLink(link) },
        ...{ address: link.rest, random: Math.random, readLagMs: READ_LAG_OF[env], wallNow: Date.now },
      });
      const leave = async () => {
        try {
          await session.leave();
          await session.close();
        } finally {
          lock.release();
          close();
        }
      };
      try {
        await session.start(purpose !== 'take');
      } catch (error) {
        await leave();
        throw error;
      }
      const by = operatorName();
      return {
        kind: 'session',
        consider: (ask) => session.consider(ask),
        check: (ask) => session.check(ask),
        carryOut: (ask) => session.carryOut(ask, by),
        move: (transfer) => session.move(transfer),
        flatten: sessionFlatten(session, by),
        close: leave,
      };
    } catch (error) {
      lock.release();
      throw error;
    }
  } catch (error) {
    close();
    throw error;
  }
}

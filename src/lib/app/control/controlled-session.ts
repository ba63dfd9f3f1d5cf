/** A trading session as the control socket sees it. */
import { riskViewOf } from '../../core/engine-risk.ts';
import { remainingOf } from '../../core/orders/order.ts';
import { HALT_EVERYTHING } from '../../core/risk/halts.ts';
import { limitUses } from '../../core/risk/limit-uses.ts';
import type { Clock } from '../../ports.ts';
import { KmmError } from '../errors/errors.ts';
import type { Session } from '../session/session.ts';
import type { TraderMoney } from './control-messages.ts';
import type { Controlled } from './trader-control.ts';

export function controlledSession(
  session: Session,
  clock: Clock,
  ending: Pick<Controlled, 'stop' | 'ended' | 'reload' | 'setLogLevel'>,
): Controlled {
  const { hand, flatten, moveCash } = session.hands;
  return {
    ...ending,
    hand,
    flatten,
    moveCash,
    view: () => session.view(undefined),
    risk() {
      const now = clock.now();
      return riskViewOf(session.engine, now, limitUses(session.engine, now));
    },
    money: () => moneyOf(session),
    pause(scopes, by) {
      // A name that stands for nothing would pause nothing, and nobody would know.
      const unknown = scopes.find((scope) => scope !== HALT_EVERYTHING && session.engine.market(scope) === undefined);
      if (unknown !== undefined) throw notFollowed(unknown);
      for (const scope of scopes) {
        session.latches.set({ name: 'PAUSED', scope, since: clock.now(), reason: `paused by ${by}` }, by);
      }
    },
    clear: (name, scope, by) => session.latches.clear({ name, scope }, by),
  };
}

function moneyOf({ engine }: Session): TraderMoney {
  const { ledger, orders } = engine;
  const held = [...ledger.tickers()].map((ticker) => ({ ticker, position: ledger.holding(ticker).position }));
  return {
    cash: [...ledger.cashByShard()].map(([shard, cash]) => ({ shard, cash })),
    positions: held.filter(({ position }) => position !== 0),
    orders: [...orders.live()].map((order) => {
      const { clientOrderId, orderId, ticker } = order;
      return { clientOrderId, ticker, remaining: remainingOf(order), ...(orderId !== undefined && { orderId }) };
    }),
  };
}

function notFollowed(ticker: string): KmmError {
  return new KmmError('KMM_TICKER_UNKNOWN', `the running trader follows no market ${ticker}`, {
    position: 'nothing was paused; the trader goes on as before',
    next: ['kmm status', 'kmm pause: all of them'],
  });
}

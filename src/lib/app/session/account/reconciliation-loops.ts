/** The loops of reliability.md section 4 beside the stream, on one reading of the exchange's lag. */
import type { Engine } from '../../../core/engine.ts';
import type { EngineEvent } from '../../../core/events.ts';
import type { Clock } from '../../../ports.ts';
import { subaccountOf } from '../../exchange/account-name.ts';
import type { Loops } from '../loops.ts';
import { BookAuditor } from '../markets/book-auditor.ts';
import type { Desk } from '../orders/desk.ts';
import { OrderResolver } from '../orders/order-resolver.ts';
import type { SessionLog } from '../session-log.ts';
import type { SessionPart } from '../session-part.ts';
import { listCash } from './adopt-cash.ts';
import { DailyCheck } from './daily-check.ts';
import { DataAge } from './data-age.ts';
import { Strangers } from './strangers.ts';
import { AccountWatch } from './watch-account.ts';

export interface ReconciliationOptions {
  readonly engine: Engine;
  readonly desk: Desk;
  readonly clock: Clock;
  readonly loops: Loops;
  readonly log: SessionLog;
  readonly account: string;
  /** Of every session of this database. */
  readonly ownPrefix: string;
  /** Exchange time per real time. */
  readonly speed: number;
  readonly emit: (event: EngineEvent) => void;
  /** Reads anew what the account may send and what it costs, and what the markets are. */
  readonly rereadTerms: () => Promise<void>;
  /** Where the stream's last word on a position is not the ledger's. */
  readonly streamDifferences: () => readonly string[];
}

export interface ReconciliationParts {
  readonly watch: AccountWatch;
  readonly strangers: Strangers;
  /** Those that work by ticks alone. */
  readonly parts: readonly SessionPart[];
}

/** How long an answer may be out, by what is asked: some calls in a row, an audit, a day read whole. */
const ASKS_MS = { order: 10_000, book: 45_000, day: 60_000 };

export function reconciliationLoops(options: ReconciliationOptions): ReconciliationParts {
  const { engine, desk, clock, loops, log, emit } = options;
  const { rest, controls } = desk;
  const subaccount = subaccountOf(options.account);
  const dataAge = new DataAge({ rest, clock, warn: (text) => log.say('warn', text) });
  const watch = new AccountWatch({ ...options, rest, dataAge, listCash: () => listCash(desk.paced, subaccount) });
  const resolver = new OrderResolver({
    engine,
    rest,
    clock,
    dataAge,
    emit,
    asks: loops.asks('in flight', ASKS_MS.order),
  });
  const auditor = new BookAuditor({
    ...{ engine, rest, clock, emit, maySpend: () => desk.hasReadsToSpare() },
    asks: loops.asks('book audit', ASKS_MS.book),
  });
  const daily = new DailyCheck({
    ...{ ...options, rest, catchUp: () => watch.catchUp() },
    asks: loops.asks('full day', ASKS_MS.day),
  });
  return { watch, strangers: new Strangers({ ...options, rest, controls }), parts: [resolver, auditor, daily] };
}

/**
 * The ledger beside the exchange when a session ends. The exchange's read side lags, so what differs is read again, ours
 * as well as theirs, until the two agree or the difference has outlasted the lag (reliability.md section 4). Decides
 * nothing and books nothing: that is the account watch's, which is asked to read.
 */
import type { KalshiRest } from '../../../adapters/kalshi/rest.ts';
import type { Ledger } from '../../../core/money/ledger.ts';
import { READ_LAG_MS } from '../../../core/orders/read-lag.ts';
import { epochMs } from '../../../core/units.ts';
import type { Clock } from '../../../ports.ts';
import { wait } from '../orders/cancel-ours.ts';
import { differencesOf, type ExchangeState, readExchange } from './compare.ts';

export interface ClosingComparison {
  /** Absent: it could not be read. */
  readonly exchange?: ExchangeState;
  /** Null: not known. It could not be read, or something of ours had moved so lately that its reads may not show it yet. */
  readonly isEqual: boolean | null;
}

export interface ClosingOptions {
  readonly rest: KalshiRest;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Reads fills, orders, settlements and statements anew; false when part of it failed. */
  readonly catchUp: () => Promise<boolean>;
  /** Exchange time per real time: what bounds our waiting is real time. */
  readonly speed: number;
  /** Of real time; default 20 s. */
  readonly boundMs?: number;
}

const AGAIN_MS = 500;
/** Nothing moved for so long: what the exchange states now holds all of it. */
const QUIET_MS = READ_LAG_MS + AGAIN_MS;
const BOUND_MS = 4 * READ_LAG_MS;

/** Equal at once in most sessions. Takes its bound at most, and the calls that are on their way then. */
export async function compareAtEnd({
  rest,
  ledger,
  clock,
  catchUp,
  speed,
  boundMs = BOUND_MS,
}: ClosingOptions): Promise<ClosingComparison> {
  const giveUpAt = epochMs(clock.now() + boundMs * speed);
  let quietSince = clock.now();
  let before = markOf(ledger);
  for (;;) {
    const askedAt = clock.now();
    const compared = await compareOnce(rest, ledger);
    if (compared.isEqual === true) return compared;
    const isProved = compared.isEqual === false && askedAt - quietSince >= QUIET_MS;
    if (isProved && markOf(ledger) === before) return compared;
    if (clock.now() >= giveUpAt) return { ...compared, isEqual: null };
    await wait(clock, AGAIN_MS);
    const isWhole = await catchUp();
    // What could not be read may have moved.
    if (!isWhole || markOf(ledger) !== before) quietSince = clock.now();
    before = markOf(ledger);
  }
}

/** As the two stand now. */
export async function compareOnce(rest: KalshiRest, ledger: Ledger): Promise<ClosingComparison> {
  const exchange = await readExchange(rest);
  if (exchange === undefined) return { isEqual: null };
  return { exchange, isEqual: differencesOf(ledger, exchange).length === 0 };
}

/** Changes with everything that is booked. */
function markOf(ledger: Ledger): string {
  return `${ledger.fillCount} ${ledger.totalCash()}`;
}

/** What the session does about messages of the stream that are not for the engine: mostly, it reads something over REST. */

import type { FrameNotice } from '../../adapters/kalshi/frame-facts.ts';
import type { Answer } from '../../adapters/kalshi/subscriptions.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { Ledger } from '../../core/money/ledger.ts';
import type { EpochMs } from '../../core/units.ts';
import { PositionCheck } from './account/position-check.ts';
import type { AccountWatch } from './account/watch-account.ts';
import type { CatchUp } from './catch-up.ts';
import type { MarketFollower } from './markets/market-follower.ts';
import type { OrderGroups } from './orders/order-groups.ts';
import type { SessionLog } from './session-log.ts';

export interface NoticeBoardOptions {
  readonly ledger: () => Ledger;
  readonly watch: AccountWatch;
  readonly catchUp: CatchUp;
  readonly follower: MarketFollower;
  readonly groups: OrderGroups;
  readonly log: SessionLog;
  readonly emit: (event: EngineEvent) => void;
  /** Above the age that the exchange's read side may have. */
  readonly readLagMs: number;
}

export class NoticeBoard {
  readonly #options: NoticeBoardOptions;
  readonly #positions: PositionCheck;

  constructor(options: NoticeBoardOptions) {
    const { ledger, readLagMs: patienceMs, log, catchUp } = options;
    this.#options = options;
    this.#positions = new PositionCheck({
      ledger,
      patienceMs,
      onDifference: (tickers) => {
        log.say('warn', `${tickers.join(', ')}: the exchange states another position; the account is read again`);
        catchUp.ask();
      },
    });
  }

  take(notice: Exclude<FrameNotice, Answer>, at: EpochMs): void {
    const { watch, catchUp, follower, groups, emit } = this.#options;
    switch (notice.kind) {
      case 'incomplete':
        // A message of ours without something we need: REST has the whole of it.
        if (notice.type !== 'trade') catchUp.ask();
        return;
      case 'lifecycle':
        if (notice.eventType === 'settled') void watch.settlements();
        // A market that is paused or goes on takes our orders with it without a word (kalshi/api.md 6.5).
        if (notice.eventType === 'activated' || notice.eventType === 'deactivated') catchUp.ask();
        follower.heardOf(notice);
        return;
      case 'event':
        follower.heardOfEvent(notice.seriesTicker);
        return;
      case 'event_fees':
        follower.heardOfFees(notice);
        return;
      case 'position':
        this.#positions.heard(notice.ticker, notice.position, at);
        return;
      case 'order_group': {
        const halt = groups.heard(notice, at);
        if (halt !== undefined) emit({ type: 'halt_changed', at: halt.since, halt, isOn: true });
        return;
      }
      case 'communication':
      case 'unused':
      case 'unknown':
        return;
      default:
        notice satisfies never;
    }
  }

  /** Where the stream's last word on a position is not ours. */
  positionDifferences(): readonly string[] {
    return this.#positions.differences();
  }

  /** Call about once a second. */
  tick(now: EpochMs): void {
    this.#positions.tick(now);
  }
}

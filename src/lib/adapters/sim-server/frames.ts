/**
 * Turns the venue's facts into bulletins: a message for one channel, written at most once per price scale however many
 * clients get it. Only the envelope (sid, seq, time of sending) differs between them.
 */
import { type Centicontracts, type EpochMs, NO_SIZE } from '../../core/units.ts';
import type { Venue, VenueFact, VenueFill } from '../../sim/venue.ts';
import { fillMessage, groupMessage, orderMessage, positionMessage } from './account-frames.ts';
import {
  deltaMessage,
  marketHead,
  snapshotMessage,
  tickerMessage,
  tradeMessage,
  withClientOrderId,
} from './book-frames.ts';
import type { Channel } from './channels.ts';
import { feeMessage, indexMessage, indexTickMessage, lifecycleMessage } from './market-frames.ts';

/** What a message may depend on besides the fact. */
export interface Viewer {
  readonly accountId: string;
  readonly usesYesPrice: boolean;
}

export interface Bulletin {
  readonly channel: Channel;
  readonly type: string;
  /** What subscriptions filter by. */
  readonly ticker?: string;
  readonly index?: string;
  /** Private to this account. */
  readonly accountId?: string;
  /** The JSON text of `msg`. */
  message(viewer: Viewer): string;
}

/** The envelope; `seq` only where the channel is numbered, `id` only in answers to a command. */
export function frameText(
  type: string,
  envelope: { readonly id?: number; readonly sid?: number; readonly seq?: number },
  message: string | undefined,
  sentAt: EpochMs,
): string {
  const id = envelope.id === undefined ? '' : `,"id":${envelope.id}`;
  const sid = envelope.sid === undefined ? '' : `,"sid":${envelope.sid}`;
  const seq = envelope.seq === undefined ? '' : `,"seq":${envelope.seq}`;
  const msg = message === undefined ? '' : `,"msg":${message}`;
  return `{"type":"${type}"${id}${sid}${seq}${msg},"sending_ts_ms":${sentAt}}`;
}

const HEADS_MAX = 10_000;

export class FrameWriter {
  readonly #venue: Venue;
  readonly #heads = new Map<string, string>();
  /** Contracts traded per account and market. */
  readonly #volumes = new Map<string, Centicontracts>();

  constructor(venue: Venue) {
    this.#venue = venue;
  }

  /** The bulletins of one batch of facts, in their order; facts that the stream does not tell give none. */
  bulletinsOf(facts: readonly VenueFact[]): readonly Bulletin[] {
    return facts.flatMap((fact) => this.#bulletins(fact));
  }

  snapshot(ticker: string): Bulletin {
    const head = this.#head(ticker);
    return byScale('orderbook_snapshot', ticker, (usesYesPrice) =>
      snapshotMessage(this.#venue, ticker, head, usesYesPrice),
    );
  }

  ticker(ticker: string): Bulletin {
    return bulletin('ticker', 'ticker', { ticker }, () => tickerMessage(this.#venue, ticker, this.#head(ticker)));
  }

  #bulletins(fact: VenueFact): readonly Bulletin[] {
    switch (fact.type) {
      case 'level':
        return [this.#delta(fact)];
      case 'book':
        return [this.snapshot(fact.ticker)];
      case 'trade':
        return [bulletin('trade', 'trade', fact, () => tradeMessage(fact))];
      case 'order': {
        const { ticker, accountId } = fact.order;
        return [bulletin('user_orders', 'user_order', { ticker, accountId }, () => orderMessage(fact.order))];
      }
      case 'fill':
        this.#countVolume(fact.fill);
        return [bulletin('fill', 'fill', fact.fill, () => fillMessage(fact.fill))];
      case 'position': {
        const { accountId, position } = fact;
        const volume = this.#volumes.get(`${accountId} ${position.ticker}`) ?? NO_SIZE;
        const filter = { accountId, ticker: position.ticker };
        return [
          bulletin('market_positions', 'market_position', filter, () => positionMessage(accountId, position, volume)),
        ];
      }
      case 'group': {
        const { accountId } = fact;
        return [bulletin('order_group_updates', 'order_group_updates', { accountId }, () => groupMessage(fact))];
      }
      case 'lifecycle': {
        const type = 'market_lifecycle_v2';
        return [bulletin(type, type, {}, () => lifecycleMessage(this.#venue, fact))];
      }
      case 'reference': {
        const { index: name } = fact;
        const fast = 'cfbenchmarks_value_5hz';
        const slow = 'cfbenchmarks_value';
        const tick = bulletin(fast, fast, { index: name }, () => indexTickMessage(fact));
        return fact.isSecond ? [bulletin(slow, slow, { index: name }, () => indexMessage(fact)), tick] : [tick];
      }
      case 'event_fee':
        return [bulletin('market_lifecycle_v2', 'event_fee_update', {}, () => feeMessage(fact))];
      case 'stats':
      case 'pause':
        return [];
      default:
        return fact satisfies never;
    }
  }

  #delta(fact: Extract<VenueFact, { type: 'level' }>): Bulletin {
    const { ticker, accountId, clientOrderId } = fact;
    const head = this.#head(ticker);
    const shared = byScale('orderbook_delta', ticker, (usesYesPrice) => deltaMessage(fact, head, usesYesPrice));
    if (accountId === undefined || clientOrderId === undefined || clientOrderId === '') return shared;
    return {
      ...shared,
      message(viewer) {
        const message = shared.message(viewer);
        return viewer.accountId === accountId ? withClientOrderId(message, clientOrderId) : message;
      },
    };
  }

  #countVolume(fill: VenueFill): void {
    const key = `${fill.accountId} ${fill.ticker}`;
    this.#volumes.set(key, ((this.#volumes.get(key) ?? 0) + fill.size) as Centicontracts);
  }

  #head(ticker: string): string {
    let head = this.#heads.get(ticker);
    if (head === undefined) {
      if (this.#heads.size >= HEADS_MAX) this.#heads.clear();
      head = marketHead(ticker);
      this.#heads.set(ticker, head);
    }
    return head;
  }
}

function bulletin(
  channel: Channel,
  type: string,
  filter: Pick<Bulletin, 'ticker' | 'index' | 'accountId'>,
  write: () => string,
): Bulletin {
  const { ticker, index, accountId } = filter;
  let text: string | undefined;
  return {
    channel,
    type,
    ...(ticker === undefined ? {} : { ticker }),
    ...(index === undefined ? {} : { index }),
    ...(accountId === undefined ? {} : { accountId }),
    message() {
      text ??= write();
      return text;
    },
  };
}

function byScale(type: string, ticker: string, write: (usesYesPrice: boolean) => string): Bulletin {
  let yesPrice: string | undefined;
  let ownPrice: string | undefined;
  return {
    channel: 'orderbook_delta',
    type,
    ticker,
    message({ usesYesPrice }) {
      if (usesYesPrice) {
        yesPrice ??= write(true);
        return yesPrice;
      }
      ownPrice ??= write(false);
      return ownPrice;
    },
  };
}

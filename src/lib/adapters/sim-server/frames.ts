/**
 * Turns the venue's facts into bulletins: a message for one channel, written at most once per price scale however many
 * clients get it. Only the envelope (sid, seq, time of sending) differs between them.
 */
import { type Centicontracts, type EpochMs, NO_SIZE } from '../../core/units.ts';
import type { Venue, VenueEvent, VenueFact, VenueFill } from '../../sim/venue.ts';
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
import { EventRegister } from './event-register.ts';
import { indexMessage, indexTickMessage, pythMessage, underlyingOf } from './index-frames.ts';
import { eventMessage, feeMessage, lifecycleMessage } from './market-frames.ts';

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
  readonly source?: string;
  /** Private to this account. */
  readonly accountId?: string;
  /** The JSON text of `msg`. */
  message(viewer: Viewer): string;
}

/** The envelope; `seq` only where the channel is numbered, `id` only in answers to a command, the time where it is wanted. */
export function frameText(
  type: string,
  envelope: { readonly id?: number | undefined; readonly sid?: number; readonly seq?: number },
  message: string | undefined,
  sentAt: EpochMs | undefined,
): string {
  const id = envelope.id === undefined ? '' : `,"id":${envelope.id}`;
  const sid = envelope.sid === undefined ? '' : `,"sid":${envelope.sid}`;
  const seq = envelope.seq === undefined ? '' : `,"seq":${envelope.seq}`;
  const msg = message === undefined ? '' : `,"msg":${message}`;
  const sent = sentAt === undefined ? '' : `,"sending_ts_ms":${sentAt}`;
  return `{"type":"${type}"${id}${sid}${seq}${msg}${sent}}`;
}

const HEADS_MAX = 10_000;
/** Market tickers of multivariate events (kalshi/api.md 7.2). */
const COMBINATIONS = 'KXMVE';

export class FrameWriter {
  readonly #venue: Venue;
  readonly #heads = new Map<string, string>();
  readonly #events: EventRegister;
  /** Contracts traded by market and account, until the market is settled. */
  readonly #volumes = new Map<string, Map<string, Centicontracts>>();

  constructor(venue: Venue) {
    this.#venue = venue;
    this.#events = new EventRegister(venue);
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
        const volume = this.#volumes.get(position.ticker)?.get(accountId) ?? NO_SIZE;
        const filter = { accountId, ticker: position.ticker };
        return [
          bulletin('market_positions', 'market_position', filter, () => positionMessage(accountId, position, volume)),
        ];
      }
      case 'group': {
        const { accountId } = fact;
        return [bulletin('order_group_updates', 'order_group_updates', { accountId }, () => groupMessage(fact))];
      }
      case 'lifecycle':
        return this.#lifecycle(fact);
      case 'reference':
        return referenceBulletins(fact);
      case 'event_fee':
        return [bulletin('market_lifecycle_v2', 'event_fee_update', {}, () => feeMessage(fact))];
      case 'index_level':
      case 'stats':
      case 'pause':
        return [];
      default:
        return fact satisfies never;
    }
  }

  /** A market that opens an event is told after the event; combinations have a channel of their own. */
  #lifecycle(fact: Extract<VenueFact, { type: 'lifecycle' }>): readonly Bulletin[] {
    const channel = fact.ticker.startsWith(COMBINATIONS) ? 'multivariate_market_lifecycle' : 'market_lifecycle_v2';
    if (fact.change === 'settled') this.#volumes.delete(fact.ticker);
    const market = bulletin(channel, channel, {}, () => lifecycleMessage(this.#venue, fact));
    const event: VenueEvent | undefined = fact.change === 'created' ? this.#events.openedBy(fact.ticker) : undefined;
    return event === undefined
      ? [market]
      : [bulletin(channel, 'event_lifecycle', {}, () => eventMessage(event)), market];
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

  #countVolume({ ticker, accountId, size }: VenueFill): void {
    const volumes = this.#volumes.get(ticker) ?? new Map<string, Centicontracts>();
    this.#volumes.set(ticker, volumes.set(accountId, ((volumes.get(accountId) ?? 0) + size) as Centicontracts));
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

/** Every tick goes out five times a second, those on the second also with their averages. */
function referenceBulletins(fact: Extract<VenueFact, { type: 'reference' }>): readonly Bulletin[] {
  const source = fact.index;
  const fast = 'cfbenchmarks_value_5hz';
  const slow = 'cfbenchmarks_value';
  const ticks = [bulletin(fast, fast, { source }, () => indexTickMessage(fact))];
  const underlying = underlyingOf(fact.index);
  if (underlying !== undefined) {
    ticks.push(bulletin('pyth_value', 'pyth_value', { source: underlying }, () => pythMessage(fact, underlying)));
  }
  return fact.isSecond ? [bulletin(slow, slow, { source }, () => indexMessage(fact)), ...ticks] : ticks;
}

function bulletin(
  channel: Channel,
  type: string,
  filter: Pick<Bulletin, 'ticker' | 'source' | 'accountId'>,
  write: () => string,
): Bulletin {
  const { ticker, source, accountId } = filter;
  let text: string | undefined;
  return {
    channel,
    type,
    ...(ticker === undefined ? {} : { ticker }),
    ...(source === undefined ? {} : { source }),
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

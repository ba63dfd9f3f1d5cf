/** `kmm replay --json`: the same as for people, with exact decimals and times in UTC. */
import { isoText } from '../../format.ts';
import type { Difference, ReplayResult, TurnMoment } from '../../lib/app/recording/replay-result.ts';
import type { MarketAt } from '../../lib/app/recording/replay-state.ts';
import type { PlayedTurn } from '../../lib/app/recording/session-player.ts';
import type { Since } from '../../lib/app/recording/start-replay.ts';
import type { DecisionRecord } from '../../lib/app/why/decision-record.ts';
import { type Intent, intentLine } from '../../lib/core/intents.ts';
import { clearsOf } from '../../lib/core/risk/halts.ts';
import { type EpochMs, formatPrice, formatSize } from '../../lib/core/units.ts';
import { decisionRecord, haltRecord } from '../market/why-record.ts';

/** @param markets as they were where the replay was told to stop */
export function replayRecord(result: ReplayResult, since: Since, markets: readonly MarketAt[] = []) {
  const { firstDifference, damage, session, last, lostFrom, parametersChanged, ...rest } = result;
  return {
    ...rest,
    type: 'replay' as const,
    firstDifference: firstDifference && differenceRecord(firstDifference),
    damage: damage.map((one) => ({ ...one, from: isoText(one.from), until: isoText(one.until) })),
    ...{ last: last && momentRecord(last), lostFrom: lostFrom && momentRecord(lostFrom) },
    session: session && {
      ...{ env: session.env, account: session.account, number: session.number, startedAt: isoText(session.startedAt) },
    },
    code: { recorded: session?.code ?? null, now: since.code },
    node: { recorded: session?.node ?? null, now: since.node },
    config: since.config,
    parametersChanged: parametersChanged.map((change) => ({ ...change, at: isoText(change.at) })),
    markets: markets.map(marketRecord),
  };
}

/** A turn of `--why` and `--step`. */
export function turnRecord(turn: PlayedTurn, decisions: ReadonlyMap<string, DecisionRecord>) {
  return {
    ...{ type: 'replay_turn' as const, turn: turn.turn, at: isoText(turn.at) },
    ...{ recorded: turn.recorded.map(intentRecord), replayed: turn.replayed.map(intentRecord) },
    markets: [...decisions].map(([ticker, record]) => ({ ticker, decision: decisionRecord(record) })),
  };
}

function marketRecord(market: MarketAt) {
  const { book, others, position, orders, halts, closeAt, ...rest } = market;
  return {
    ...{ ...rest, closeAt: isoText(closeAt), position: formatSize(position) },
    book: book === undefined ? null : { isValid: book.isValid, seq: book.seq, ...topRecord(book) },
    others: others === undefined ? null : topRecord(others),
    orders: orders.map(({ price, remaining, expiresAt, ...order }) => ({
      ...{ ...order, price: formatPrice(price), size: formatSize(remaining) },
      expiresAt: expiresAt === undefined ? null : isoText(expiresAt),
    })),
    halts: halts.map((halt) => haltRecord({ ...halt, clears: clearsOf(halt) })),
  };
}

function differenceRecord(difference: Difference) {
  const { turn, at, ticker, recorded, replayed, recordedIntent, replayedIntent, before, decision, decisionThen } =
    difference;
  return {
    ...{ turn, at: isoText(at), ticker, recorded, replayed },
    ...{ recordedIntent: recordedIntent && intentRecord(recordedIntent) },
    ...{
      replayedIntent: replayedIntent && intentRecord(replayedIntent),
      fields: difference.fields.map(({ field }) => field),
    },
    before: before && marketRecord(before),
    ...{ decision: decision && decisionRecord(decision), decisionThen: decisionThen && decisionRecord(decisionThen) },
  };
}

function intentRecord(intent: Intent) {
  const { counter, kind, ticker, side, price, size, clientOrderId, shard } = intent;
  const expiresAt = 'expiresAt' in intent ? intent.expiresAt : undefined;
  return {
    ...{ counter, kind, ticker, side, price: formatPrice(price), size: formatSize(size), clientOrderId, shard },
    orderId: intent.kind === 'create' ? null : intent.orderId,
    expiresAt: expiresAt === undefined ? null : isoText(expiresAt),
    line: intentLine(intent).trimEnd(),
  };
}

interface TopSizes {
  readonly bid?: MarketAt['orders'][number]['price'];
  readonly bidSize?: MarketAt['position'];
  readonly ask?: MarketAt['orders'][number]['price'];
  readonly askSize?: MarketAt['position'];
}

function topRecord({ bid, bidSize, ask, askSize }: TopSizes) {
  return {
    bid:
      bid === undefined ? null : { price: formatPrice(bid), size: bidSize === undefined ? null : formatSize(bidSize) },
    ask:
      ask === undefined ? null : { price: formatPrice(ask), size: askSize === undefined ? null : formatSize(askSize) },
  };
}

function momentRecord({ turn, at }: TurnMoment): { readonly turn: number; readonly at: string } {
  return { turn, at: isoText(at as EpochMs) };
}

/** `kmm why --json`: the same as for people, with exact decimals and times in UTC. */
import { isoText } from '../../format.ts';
import type { DecisionRecord, SideRecord } from '../../lib/app/why/decision-record.ts';
import type { ToldHalt, WhyAnswer, WhyReport } from '../../lib/app/why/why.ts';
import { type EpochMs, formatMoney, formatPrice, formatSize } from '../../lib/core/units.ts';

export function whyRecord({ at, isRunning, answers }: WhyReport, env: string) {
  return { type: 'why' as const, env, at: isoText(at), isRunning, markets: answers.map(answerRecord) };
}

function answerRecord(answer: WhyAnswer) {
  if (answer.kind === 'undecided') {
    const { ticker, cause, session, before, after } = answer;
    return { ticker, decision: null, cause, session: session ?? null, before: isoOr(before), after: isoOr(after) };
  }
  const { ticker, session, turn, decidedAt, record, halts, intents, fills } = answer;
  return {
    ...{ ticker, cause: null, session, turn, decidedAt: isoText(decidedAt) },
    decision: decisionRecord(record),
    halts: halts.map(haltRecord),
    intents: intents.map(({ at, kind, clientOrderId, orderId, side, price, size, outcome }) => ({
      ...{ at: isoText(at), kind, clientOrderId, orderId: orderId ?? null },
      ...{ side, price: formatPrice(price), size: formatSize(size) },
      outcome:
        outcome === undefined
          ? null
          : { kind: outcome.kind, at: isoText(outcome.at), detail: JSON.parse(outcome.detail) },
    })),
    fills: fills.map(({ at, orderId, side, price, size, fee }) => ({
      ...{
        at: isoText(at),
        orderId,
        side,
        price: formatPrice(price),
        size: formatSize(size),
        feeDollars: formatMoney(fee),
      },
    })),
  };
}

export function decisionRecord({ posture, gate, position, top, fair, reservation, ...rest }: DecisionRecord) {
  const { numbers, state, minimumEdgeDollars, notes, bid, ask, clamp } = rest;
  return {
    ...{ posture, gate: gate ?? null, position: formatSize(position) },
    top:
      top === undefined
        ? null
        : {
            bid: formatPrice(top.bid),
            bidSize: formatSize(top.bidSize),
            ask: formatPrice(top.ask),
            askSize: formatSize(top.askSize),
          },
    fair: fair === undefined ? null : { ...fair, at: isoText(fair.at), reasons: fair.reasons ?? [] },
    ...{ reservation: reservation ?? null, numbers: numbers ?? null, state: state ?? null },
    ...{ minimumEdgeDollars: minimumEdgeDollars ?? null, notes: notes ?? [] },
    ...{ bid: bid === undefined ? null : sideRecord(bid), ask: ask === undefined ? null : sideRecord(ask) },
    clamp: clampRecord(clamp),
  };
}

function sideRecord(side: SideRecord) {
  const { act, reason, limit, raw, size, price, suppression, rejectedPrice, standing, ahead, isShown } = side;
  return {
    ...{ act, reason, isShown, limit: limit ?? null, suppression: suppression ?? null },
    ...{ rawCents: raw === undefined ? null : raw / 100, size: size === undefined ? null : formatSize(size) },
    price: price === undefined ? null : formatPrice(price),
    rejectedPrice: rejectedPrice === undefined ? null : formatPrice(rejectedPrice),
    ...{ feeDollars: side.feeDollars ?? null, ruleEdgeDollars: side.ruleEdgeDollars ?? null },
    standing:
      standing === undefined
        ? null
        : {
            clientOrderId: standing.clientOrderId,
            ...{ price: formatPrice(standing.price), size: formatSize(standing.remaining) },
          },
    ahead: ahead === undefined ? null : formatSize(ahead.contracts),
    aheadAt: ahead === undefined ? null : isoText(ahead.at),
  };
}

/** Sizes in contracts; null: the usual size. */
export function clampRecord(clamp: DecisionRecord['clamp']) {
  return clamp === undefined ? null : { size: formatSize(clamp.size), of: formatSize(clamp.of), why: clamp.why };
}

export function haltRecord({ name, scope, since, until, reason, by, clears }: ToldHalt) {
  return { name, scope, since: isoText(since), until: isoOr(until), reason, by: by ?? null, clears };
}

function isoOr(at: EpochMs | undefined): string | null {
  return at === undefined ? null : isoText(at);
}

/**
 * A record as text, by position and with short names for what comes in every row: there are a hundred thousand rows a day.
 * Its first figure is the version of the form.
 */
import type { SideAct } from '../../core/orders/diff.ts';
import type { Suppression } from '../../core/quoting/quote.ts';
import type { Halt } from '../../core/risk/halts.ts';
import type { LimitName } from '../../core/risk/limits.ts';
import type { Centicents, Centicontracts, EpochMs } from '../../core/units.ts';
import type { DecisionRecord, Posture, SideRecord } from './decision-record.ts';

const FORM = 1;

/** @param at of the decision: times of what it looked at are written as their ages. */
export function encodeRecord(record: DecisionRecord, at: EpochMs): string {
  const { posture, gate, halts, position, top, fair, reservation, bid, ask, clamp } = record;
  const stored: StoredRecord = [
    FORM,
    posture,
    gate === undefined ? 0 : [gate.name, gate.reason],
    halts.length === 0 ? 0 : halts,
    position,
    top === undefined ? 0 : [top.bid, top.bidSize, top.ask, top.askSize],
    fair === undefined ? 0 : encodeFair(fair, at),
    reservation === undefined ? 0 : encodeQuoted(record, reservation),
    bid === undefined ? 0 : encodeSide(bid, at),
    ask === undefined ? 0 : encodeSide(ask, at),
  ];
  return JSON.stringify(clamp === undefined ? stored : [...stored, [clamp.size, clamp.of, clamp.why]]);
}

/** Undefined: written by a kmm whose form this one does not know. */
export function decodeRecord(text: string, at: EpochMs): DecisionRecord | undefined {
  const stored = JSON.parse(text) as StoredRecord;
  if (stored[0] !== FORM) return undefined;
  const [, posture, gate, halts, position, top, fair, quoted, bid, ask, clamp] = stored;
  return {
    ...{ posture, halts: halts === 0 ? [] : halts, position },
    ...(gate !== 0 && { gate: { name: gate[0], reason: gate[1] } }),
    ...(top !== 0 && { top: { bid: top[0], bidSize: top[1], ask: top[2], askSize: top[3] } }),
    ...(fair !== 0 && {
      fair: {
        ...{ probability: fair[0], standardError: fair[1], source: fair[2] },
        ...{ at: (at - fair[3]) as EpochMs, inputs: fair[4] },
        ...(fair[5] !== undefined && { reasons: fair[5] }),
      },
    }),
    ...(quoted !== 0 && {
      ...{ reservation: quoted[0], numbers: lengthened(quoted[1]), minimumEdgeDollars: quoted[3] },
      ...(quoted[2] !== '' && { state: quoted[2] }),
      ...(quoted[4] !== undefined && { notes: quoted[4] }),
    }),
    ...(bid !== 0 && { bid: decodeSide(bid, at) }),
    ...(ask !== 0 && { ask: decodeSide(ask, at) }),
    ...(clamp !== undefined && { clamp: { size: clamp[0], of: clamp[1], why: clamp[2] } }),
  };
}

type Fair = NonNullable<DecisionRecord['fair']>;

type Numbers = Readonly<Record<string, number>>;

type StoredRecord = readonly [
  form: number,
  posture: Posture,
  gate: 0 | readonly [name: string, reason: string],
  halts: 0 | readonly Halt[],
  position: Centicontracts,
  top: 0 | readonly [bid: Centicents, bidSize: Centicontracts, ask: Centicents, askSize: Centicontracts],
  fair: 0 | StoredFair,
  quoted: 0 | StoredQuote,
  bid: StoredSide | 0,
  ask: StoredSide | 0,
  clamp?: readonly [size: Centicontracts, of: Centicontracts, why: string],
];

/** What stands last is left out where there is none of it, as in rows from before it was kept. */
type StoredFair = readonly [
  probability: number,
  standardError: number,
  source: string,
  ageMs: number,
  inputs: Numbers,
  reasons?: readonly string[],
];

type StoredQuote = readonly [
  reservation: number,
  numbers: Numbers,
  state: string,
  minimumEdge: number,
  notes?: readonly string[],
];

function encodeFair(
  { probability, standardError, source, at: madeAt, inputs, reasons }: Fair,
  at: EpochMs,
): StoredFair {
  const figures = [probability, standardError, source, at - madeAt, inputs] as const;
  return reasons === undefined ? figures : [...figures, reasons];
}

function encodeQuoted(record: DecisionRecord, reservation: number): StoredQuote {
  const { numbers = {}, state = '', minimumEdgeDollars = 0, notes } = record;
  const figures = [reservation, shortened(numbers), state, minimumEdgeDollars] as const;
  return notes === undefined ? figures : [...figures, notes];
}

type StoredSide = readonly [
  act: SideAct,
  reason: string,
  verdict: 1 | LimitName | Suppression | 0,
  raw: number | null,
  size: Centicontracts | null,
  price: Centicents | null,
  rejected: Centicents | null,
  fee: number | null,
  edge: number | null,
  standing: readonly [clientOrderId: string, price: Centicents, remaining: Centicontracts] | null,
  ahead: readonly [contracts: Centicontracts, ageMs: number] | null,
];

function encodeSide(side: SideRecord, at: EpochMs): StoredSide {
  const { standing, ahead } = side;
  return [
    side.act,
    side.reason,
    side.isShown ? 1 : (side.limit ?? side.suppression ?? 0),
    side.raw ?? null,
    side.size ?? null,
    side.price ?? null,
    side.rejectedPrice ?? null,
    side.feeDollars ?? null,
    side.ruleEdgeDollars ?? null,
    standing === undefined ? null : [standing.clientOrderId, standing.price, standing.remaining],
    ahead === undefined ? null : [ahead.contracts, at - ahead.at],
  ];
}

function decodeSide(stored: StoredSide, at: EpochMs): SideRecord {
  const [act, reason, verdict, raw, size, price, rejectedPrice, feeDollars, ruleEdgeDollars, standing, ahead] = stored;
  return {
    ...{ act, reason, isShown: verdict === 1 },
    ...(isLimit(verdict) && { limit: verdict }),
    ...(isSuppression(verdict) && { suppression: verdict }),
    ...(raw !== null && { raw }),
    ...(size !== null && { size }),
    ...(price !== null && { price }),
    ...(rejectedPrice !== null && { rejectedPrice }),
    ...(feeDollars !== null && { feeDollars }),
    ...(ruleEdgeDollars !== null && { ruleEdgeDollars }),
    ...(standing !== null && { standing: { clientOrderId: standing[0], price: standing[1], remaining: standing[2] } }),
    ...(ahead !== null && { ahead: { contracts: ahead[0], at: (at - ahead[1]) as EpochMs } }),
  };
}

type Verdict = StoredSide[2];

function isSuppression(verdict: Verdict): verdict is Suppression {
  return verdict === 'strategy' || verdict === 'off_grid' || verdict === 'post_only' || verdict === 'edge';
}

function isLimit(verdict: Verdict): verdict is LimitName {
  return typeof verdict === 'string' && !isSuppression(verdict);
}

/** The numbers that come with every quote. */
const SHORT: Readonly<Record<string, string>> = {
  marginDollars: 'm',
  makerFeeDollars: 'f',
  adverseDollars: 'a',
  edgeDollars: 'e',
  intervalDollars: 'i',
  externalSkewCents: 's',
};
const LONG = Object.fromEntries(Object.entries(SHORT).map(([long, short]) => [short, long]));

function shortened(numbers: Numbers): Numbers {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [SHORT[name] ?? name, value]));
}

function lengthened(numbers: Numbers): Numbers {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [LONG[name] ?? name, value]));
}

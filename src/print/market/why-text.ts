/** What `kmm why` says to people: where the quote comes from, what was done on each side, what halts, what came of it. */
import {
  ageText,
  contractsText,
  dateTimeText,
  type Glyphs,
  positionText,
  priceText,
  probabilityText,
  timeText,
  type Zone,
} from '../../format.ts';
import type { DecisionRecord } from '../../lib/app/why/decision-record.ts';
import type { AnsweredIntent, Decided, RecordedFill, ToldHalt, Undecided, WhyReport } from '../../lib/app/why/why.ts';
import { type EpochMs, formatMoney } from '../../lib/core/units.ts';
import { arrow, cents, centsOf, sideLine } from './why-side.ts';

export interface WhyStyle {
  readonly signs: Glyphs;
  readonly zone: Zone;
}

export function whyLines({ at, answers, isRunning }: WhyReport, style: WhyStyle): string[] {
  return answers.flatMap((answer, index) => {
    const gap = index === 0 ? [] : [''];
    if (answer.kind === 'undecided')
      return [...gap, `${answer.ticker}  ${undecidedText(answer, at, isRunning, style)}`];
    return [...gap, ...decidedLines(answer, at, style)];
  });
}

function decidedLines(answer: Decided, at: EpochMs, style: WhyStyle): string[] {
  const { ticker, session, decidedAt, record, halts, intents, fills } = answer;
  const { zone } = style;
  const age = at - decidedAt < 1_000 ? '' : `, unchanged for ${ageText(at - decidedAt)}`;
  const head = `${ticker}  ${dateTimeText(at, zone)}  session ${session}, decided ${preciseText(decidedAt, zone)}${age}`;
  return [
    head,
    ...decisionLines({ record, halts, decidedAt }, style),
    ...fills.slice(0, FILLS_SHOWN).map((fill) => fillText(fill, style)),
    ...intents.map((intent) => intentText(intent, style)),
  ];
}

const FILLS_SHOWN = 3;

/** Gate, halts, fair value and both sides: what a decision was and why, whoever made it. */
export function decisionLines(
  { record, halts, decidedAt }: Pick<Decided, 'record' | 'halts' | 'decidedAt'>,
  { signs, zone }: WhyStyle,
): string[] {
  return [
    ...gateLines(record),
    ...halts.map((halt) => haltText(halt, zone)),
    ...quoteLines(record, decidedAt, signs),
    ...(record.fair?.reasons ?? []).map((reason) => `  because: ${reason}`),
    ...(record.notes ?? []).map((note) => `note: ${note.replaceAll('¢', signs.cent)}`),
    ...(record.clamp === undefined ? [] : [clampText(record.clamp, signs)]),
    ...(record.bid === undefined ? [] : [sideLine('bid', record.bid, record, signs)]),
    ...(record.ask === undefined ? [] : [sideLine('ask', record.ask, record, signs)]),
  ];
}

function clampText({ size, of, why }: NonNullable<DecisionRecord['clamp']>, signs: Glyphs): string {
  return `size clamped to ${contractsText(size, signs)} of ${contractsText(of, signs)}: ${why}`;
}

function gateLines({ posture, gate }: DecisionRecord): string[] {
  if (posture === 'waiting') return ['no quote: followed, and no book of it has come yet'];
  if (gate === undefined) return [];
  const effect = {
    reduce: 'only what takes the position down is shown',
    retreat: 'only cancels are sent',
    hold: 'nothing is changed',
    pull: 'no quote',
  } as Readonly<Record<string, string>>;
  return [`${effect[posture] ?? 'no quote'}: ${gate.name}, ${gate.reason}`];
}

/** A RECONCILE halt's reason has both figures: ours, and the exchange's. */
function haltText({ name, scope, since, until, reason, by, clears }: ToldHalt, zone: Zone): string {
  const where = scope === '*' ? 'everything' : scope;
  const who = by === undefined ? '' : ` by ${by}`;
  const end = until === undefined ? ENDS[clears].replace('NAME', name) : `ends by itself at ${timeText(until, zone)}`;
  return `halt ${name} on ${where} since ${timeText(since, zone)}${who}: ${reason} (${end})`;
}

const ENDS = {
  self: 'ends with its cause',
  operator: 'cleared by kmm resume NAME',
  restart: 'ends with the process',
} as const;

function quoteLines(record: DecisionRecord, decidedAt: EpochMs, signs: Glyphs): string[] {
  const { fair, top, position, reservation } = record;
  const book = top === undefined ? [] : [`book of the others  ${topText(top, signs)}`];
  if (fair === undefined) return book;
  const { probability, standardError, source, at, inputs } = fair;
  const age = decidedAt - at < 100 ? '' : `, ${ageText(decidedAt - at)} old`;
  const named = Object.entries(inputs).map(([name, value]) => `, ${name} ${Number(value.toFixed(3))}`);
  const value = `fair ${probabilityText(probability, signs)} ${signs.plusMinus}${centsOf(standardError)} (${source}${named.join('')}${age})`;
  if (reservation === undefined) return [...book, value];
  const shift = centsOf(reservation - probability);
  const held = `reservation ${centsOf(reservation)} (holding ${positionText(position)}: ${shift.startsWith('-') ? shift : `+${shift}`})`;
  return [...book, `${value}  ${arrow(signs)}  ${held}${halfSpreadText(record)}`];
}

function topText(top: NonNullable<DecisionRecord['top']>, signs: Glyphs): string {
  const bid = `${contractsText(top.bidSize, signs)} @ ${priceText(top.bid, signs)}`;
  return `${bid} / ${priceText(top.ask, signs)} × ${contractsText(top.askSize, signs)}`.replace(
    '×',
    signs.dash === '-' ? 'x' : '×',
  );
}

/** What the strategy and costs make of it, and what the fair value's uncertainty adds. */
function halfSpreadText({ bid, ask, numbers, state }: DecisionRecord): string {
  if (bid?.raw === undefined || ask?.raw === undefined) return '';
  const half = (ask.raw - bid.raw) / 2;
  const interval = (numbers?.intervalDollars ?? 0) * 10_000;
  const skew = numbers?.externalSkewCents ?? 0;
  const skewed = skew === 0 ? '' : `, skewed ${skew} ¢ by hand`;
  const word = state === undefined ? '' : `, ${state}`;
  return `, half-spread ${cents(half)} (${cents(half - interval)} + interval ${cents(interval)})${skewed}${word}`;
}

function intentText(intent: AnsweredIntent, { signs, zone }: WhyStyle): string {
  const { at, kind, side, price, size, orderId, clientOrderId, outcome } = intent;
  const what = kind === 'cancel' ? `cancel ${side}` : `${kind} ${side} ${contractsText(size, signs)}`;
  const answer =
    outcome === undefined
      ? 'no answer yet'
      : `${outcome.kind} after ${outcome.at - at} ms${detailText(outcome.detail)}`;
  return `  ${preciseText(at, zone)} ${what} @ ${priceText(price, signs)}: ${answer}  (${orderId ?? clientOrderId})`;
}

/** What the exchange gave as its reason, where it refused or nobody knows. */
function detailText(detail: string): string {
  const { code, message, reason } = JSON.parse(detail) as Readonly<Record<string, string | undefined>>;
  const said = reason ?? [code, message].filter((part) => part !== undefined && part !== '').join(': ');
  return said === '' ? '' : `, ${said}`;
}

function fillText({ at, side, price, size, fee, orderId }: RecordedFill, { signs, zone }: WhyStyle): string {
  const what = `${side === 'bid' ? 'bought' : 'sold'} ${contractsText(size, signs)} @ ${priceText(price, signs)}`;
  return `  ${preciseText(at, zone)} filled: ${what}, fee $${formatMoney(fee)}  (${orderId})`;
}

function undecidedText(answer: Undecided, at: EpochMs, isRunning: boolean, { zone }: WhyStyle): string {
  const { cause, session, before, after } = answer;
  const time = dateTimeText(at, zone);
  const since = before === undefined ? '' : `the last one ended ${dateTimeText(before, zone)}`;
  const next = after === undefined ? (isRunning ? '' : 'none runs now') : `the next began ${dateTimeText(after, zone)}`;
  const bounds = [since, next].filter((text) => text !== '').join(', ');
  switch (cause) {
    case 'no_session':
      return `no session ran at ${time}: ${bounds}`;
    case 'session_died':
      return `session ${session} had died by ${time}: its last sign of life is of ${before === undefined ? 'its start' : dateTimeText(before, zone)}${next === '' ? '' : `, ${next}`}`;
    case 'starting':
      return after === undefined
        ? `session ${session} decided nothing: it only started, or took orders by hand`
        : `session ${session} was still starting at ${time}: it decided first at ${preciseText(after, zone)}`;
    case 'not_followed':
      return `session ${session} did not follow this market: name it in markets.tickers or --markets`;
    case 'not_yet':
      return `session ${session} followed this market only from ${after === undefined ? 'later' : dateTimeText(after, zone)}`;
    case 'left':
      return `session ${session} no longer followed this market, from ${before === undefined ? 'earlier' : dateTimeText(before, zone)}: it was over and nothing was held in it`;
    case 'pruned':
      return `what session ${session} decided is no longer kept; replay its tape`;
    case 'newer_form':
      return `session ${session} was written by another version of kmm, whose decisions this one cannot read`;
    default:
      return cause satisfies never;
  }
}

/** With tenths: several decisions come in a second. */
export function preciseText(at: EpochMs, zone: Zone): string {
  return `${timeText(at, zone)}.${Math.floor((at % 1_000) / 100)}`;
}

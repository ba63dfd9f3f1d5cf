/** One screen of `kmm status`: a block an environment, a line a question, what is not known left out. */
import {
  ageText,
  amountText,
  averageText,
  clockText,
  contractsText,
  dateTimeText,
  dollarsText,
  type Glyphs,
  nextText,
  positionText,
  priceText,
  timeText,
  type Zone,
} from '../../format.ts';
import { haltsOf, type StatusProblem } from '../../lib/app/status/problems.ts';
import type { JournalStatus, StatusFacts } from '../../lib/app/status/status.ts';
import { clearsOf } from '../../lib/core/risk/halts.ts';
import type { EpochMs } from '../../lib/core/units.ts';
import type { MarketView, TraderView } from '../../lib/core/view.ts';
import { arrow } from '../market/why-side.ts';

export interface StatusStyle {
  readonly signs: Glyphs;
  readonly zone: Zone;
}

/** `next`: the commands that come first. */
export function statusLines(
  facts: StatusFacts,
  problems: readonly StatusProblem[],
  next: readonly string[],
  style: StatusStyle,
): string[] {
  const { trader } = facts;
  const view = trader !== undefined && 'view' in trader ? trader.view : undefined;
  const body = view === undefined ? journalLines(facts, style) : traderLines(view, style);
  const following = view === undefined ? '' : nextEvents(view, style);
  const tail = [following, `${arrow(style.signs)} ${next.join(` ${style.signs.separator} `)}`];
  return [
    headLine(facts, view, style),
    ...body,
    ...haltsOf(facts).map((halt) => label('halt', haltText(halt, style))),
    ...problems
      .filter(({ name }) => name !== 'halted')
      .map(({ text }) => label('wrong', `${style.signs.cross} ${text}`)),
    label('next', tail.filter((text) => text !== '').join('  ')),
  ];
}

function label(name: string, text: string): string {
  return `${name.padEnd(7)} ${text}`;
}

function headLine(facts: StatusFacts, view: TraderView | undefined, style: StatusStyle): string {
  const { signs } = style;
  const name = facts.env.toUpperCase();
  const arming = armingText(facts, style);
  const counts = `halts ${haltsOf(facts).length}   alerts ${alertsText(facts)}`;
  if (view === undefined) return `${name}${arming}   ${absenceText(facts, style)}   ${counts}`;
  const quoting = view.markets.filter(({ state }) => state === 'quoting' || state === 'one-sided').length;
  const state = view.state === 'quoting' && quoting === 0 ? 'no quotes' : view.state;
  const sign = state === 'quoting' ? signs.live : state === 'halted' ? signs.halted : signs.waiting;
  const what = `${sign} ${state}, ${quoting} of ${view.markets.length} markets quoted`;
  return `${name}${arming}   ${what}   ${counts}   unknown ${view.unknownOrders}`;
}

function alertsText({ journal }: StatusFacts): string {
  const open = journal === undefined || 'trouble' in journal ? [] : journal.alerts;
  return open.length === 0 ? '0' : `${open.length} open`;
}

function armingText({ env, journal, now }: StatusFacts, { zone }: StatusStyle): string {
  if (env !== 'prod' || journal === undefined || 'trouble' in journal) return '';
  const { arming } = journal;
  if (arming === undefined || arming.until <= now) return ' not armed';
  return ` armed ${ageText(arming.until - now)}, until ${clockText(arming.until, zone)}`;
}

/** Why nothing is shown of a trader. */
function absenceText({ lock, trader, journal, now }: StatusFacts, { signs, zone }: StatusStyle): string {
  if (lock !== undefined) {
    const word = trader === undefined ? 'works here without a trader, or starts one' : 'starts, or does not answer';
    return `${signs.waiting} process ${lock.pid} ${word}, for ${ageText(now - lock.since)}`;
  }
  const session = journal === undefined || 'trouble' in journal ? undefined : journal.session;
  if (session === undefined) return `${signs.waiting} no kmm runs here, and no session has`;
  const end = session.endedAt === undefined ? 'was not ended' : `ended ${dateTimeText(session.endedAt, zone)}`;
  return `${signs.waiting} no kmm runs here; session ${session.session} ${end}`;
}

function traderLines(view: TraderView, style: StatusStyle): string[] {
  const { signs } = style;
  const { realized, unrealized, fees, restingOrders } = view;
  const [total, event, market, day] = ['total', 'event', 'market', 'day'].map((name) => limitText(view, name, signs));
  const money = `realized ${dollarsText(realized)}   unrealized ${dollarsText(unrealized)}   fees ${amountText(fees)}`;
  const silent = view.markets.filter(({ why, state }) => why !== undefined && state !== 'quoting');
  return [
    label('money', `${money}   loss today ${day}`),
    label(
      'risk',
      `total ${total}   worst event ${event}   worst market ${market}   ${restingOrders} orders resting${leasesText(view)}`,
    ),
    label('feed', feedText(view, signs)),
    ...heldLines(view.markets, signs),
    ...clockLines(view, style),
    ...silent.map((one) => label('silent', `${one.ticker} ${one.state.toUpperCase()}: ${one.why ?? ''}`)),
  ];
}

function limitText({ limits }: TraderView, name: string, signs: Glyphs): string {
  const found = limits.find((limit) => limit.name === name);
  return found === undefined ? signs.dash : `${amountText(found.used)}/${amountText(found.limit)}`;
}

function leasesText({ at, leaseFrom, leaseUntil }: TraderView): string {
  if (leaseFrom === undefined || leaseUntil === undefined) return '';
  return `, leases ${ageText(leaseFrom - at)} to ${ageText(leaseUntil - at)}`;
}

function feedText(view: TraderView, signs: Glyphs): string {
  const { at, isConnected, heardAt, writeTokens, clockOffsetMs, turn, markets } = view;
  const books = markets.flatMap(({ bookAt }) => bookAt ?? []);
  const oldest = books.length === 0 ? signs.dash : ageText(at - Math.min(...books));
  return [
    isConnected ? `heard ${heardAt === undefined ? signs.dash : `${ageText(at - heardAt)} ago`}` : 'NOT CONNECTED',
    `oldest book ${oldest}`,
    ...(writeTokens === undefined ? [] : [`write tokens ${writeTokens}`]),
    ...(clockOffsetMs === undefined ? [] : [`clock ${clockOffsetMs >= 0 ? '+' : ''}${Math.round(clockOffsetMs)} ms`]),
    `turn ${turn}`,
  ].join('   ');
}

function heldLines(markets: readonly MarketView[], signs: Glyphs): string[] {
  const held = markets.filter(({ position }) => position !== 0);
  const texts = held.map((market) => {
    const { ticker, position, mark } = market;
    return `${ticker} ${positionText(position)} @ ${averageText(market, signs)}, mark ${priceText(mark, signs)}`;
  });
  return held.length === 0 ? [] : [label('hold', texts.join(`  ${signs.separator}  `))];
}

function journalLines({ journal }: StatusFacts, style: StatusStyle): string[] {
  if (journal === undefined || 'trouble' in journal) return [];
  return [...restingLines(journal, style), ...heldByJournal(journal, style)];
}

function restingLines({ openOrders }: JournalStatus, { signs, zone }: StatusStyle): string[] {
  return openOrders.map(({ ticker, side, price, remaining, expiresAt }) => {
    const until = expiresAt === undefined ? '' : ` until ${clockText(expiresAt, zone)}`;
    return label('rests?', `${ticker} ${side} ${contractsText(remaining, signs)} @ ${priceText(price, signs)}${until}`);
  });
}

function heldByJournal({ positions }: JournalStatus, { signs }: StatusStyle): string[] {
  if (positions.length === 0) return [];
  const texts = positions.map(({ ticker, position }) => `${ticker} ${positionText(position)}`);
  return [label('hold', `${texts.join(`  ${signs.separator}  `)}  (by the journal)`)];
}

function haltText(halt: ReturnType<typeof haltsOf>[number], { zone }: StatusStyle): string {
  const { name, scope, since, until, reason, by } = halt;
  const end = until === undefined ? '' : `, until ${timeText(until, zone)}`;
  const clears = clearsOf(halt) === 'operator' ? `; kmm resume ${name}${scope === '*' ? '' : ` --scope ${scope}`}` : '';
  const who = by === undefined ? '' : ` by ${by}`;
  return `${name} on ${scope === '*' ? 'everything' : scope} since ${dateTimeText(since, zone)}${who}: ${reason}${end}${clears}`;
}

/** What the clocks bring next, one of each kind: quotes leave, a value is fixed, news, maintenance. */
function nextEvents({ at, coming = [] }: TraderView, { zone, signs }: StatusStyle): string {
  const dayOf = (moment: EpochMs) => dateTimeText(moment, zone).slice(0, 'yyyy-MM-dd'.length);
  const momentOf = (moment: EpochMs) =>
    dayOf(moment) === dayOf(at) ? timeText(moment, zone) : dateTimeText(moment, zone);
  const texts = coming.filter((one) => one.at > at).map((one) => `${momentOf(one.at)} ${nextText(one)}`);
  return texts.join(`  ${signs.separator}  `);
}

/** Each market by the clock of its series. */
function clockLines({ markets }: TraderView, { zone, signs }: StatusStyle): string[] {
  const texts = markets.flatMap(({ ticker, phase }) => {
    if (phase === undefined) return [];
    return [`${ticker} ${phase.phase}${phase.until === undefined ? '' : ` until ${timeText(phase.until, zone)}`}`];
  });
  return texts.length === 0 ? [] : [label('clock', texts.join(`  ${signs.separator}  `))];
}

/** The first two lines: environment, state, clock and feed; then the money. They are on every screen, at every size. */
import { ageText, clockText, dollarsText, type Glyphs, stampText } from '../format.ts';
import type { EpochMs } from '../lib/core/units.ts';
import type { TraderView } from '../lib/core/view.ts';
import { dimmed, fitted, type Line, plain, type Span } from './line.ts';
import { isQuoted, isTraderSilent } from './staleness.ts';

/** Our own pings alone come more often. */
const FEED_AGE_MS_MAX = 5_000;

export function headerLines(view: TraderView, now: EpochMs, width: number, signs: Glyphs): readonly Line[] {
  const isSilent = isTraderSilent(view, now);
  const money = fitted(moneyItems(view, now), width);
  return [fitted(stateItems(view, now, isSilent, signs), width), isSilent ? dimmed(money) : money];
}

function stateItems(view: TraderView, now: EpochMs, isSilent: boolean, signs: Glyphs): readonly Line[] {
  return [
    [plain('kmm '), environment(view.env)],
    [isSilent ? dim(stateWord(view, signs)) : stateWord(view, signs)],
    ...(isSilent ? [[alarm(`! TRADER SILENT ${stampText(view.at, now)}`)]] : []),
    [plain(clockText(now))],
    [feed(view, now)],
    [plain(`turn ${view.turn}`)],
    [plain(`account ${view.account}`)],
  ];
}

/** Production is never shown like the others. */
function environment(env: string): Span {
  const text = ` ${env.toUpperCase()} `;
  return env === 'prod' ? { text, color: 'red', isInverse: true, isBold: true } : { text, isInverse: true };
}

function stateWord({ state, markets }: TraderView, signs: Glyphs): Span {
  switch (state) {
    case 'quoting':
      if (markets.length > 0 && !markets.some(isQuoted)) return plain(`${signs.waiting} no quotes`);
      return { text: `${signs.live} quoting`, color: 'green' };
    case 'paused':
      return { text: `${signs.halted} paused`, color: 'yellow' };
    case 'halted':
      return { text: `${signs.halted} HALTED`, color: 'red', isBold: true };
    case 'starting':
    case 'stopping':
    case 'stopped':
      return plain(`${signs.waiting} ${state}`);
    default:
      return state satisfies never;
  }
}

function feed(view: TraderView, now: EpochMs): Span {
  if (view.heardAt === undefined) return alarm('! feed: nothing heard yet');
  if (!view.isConnected) return alarm(`! DISCONNECTED ${stampText(view.heardAt, now)}`);
  const age = now - view.heardAt;
  return age > FEED_AGE_MS_MAX ? alarm(`! feed ${ageText(age)}`) : plain(`feed ${ageText(age)}`);
}

function moneyItems(view: TraderView, now: EpochMs): readonly Line[] {
  const unknown = `unknown ${view.unknownOrders}`;
  return [
    [plain('realized '), money(view.realized)],
    [plain('unrealized '), money(view.unrealized)],
    [plain(`fees ${dollarsText(view.fees).replace('+', '')}`)],
    [plain(`resting ${view.restingOrders}`)],
    [view.unknownOrders > 0 ? alarm(`! ${unknown}`) : plain(unknown)],
    ...(view.leaseUntil === undefined ? [] : [[plain(`lease ${ageText(view.leaseUntil - now)}`)]]),
    [plain(`fills ${view.fills}`)],
    [plain(`cash ${dollarsText(view.cash).replace('+', '')}`)],
  ];
}

/** The sign says it; colour repeats it. */
export function money(value: TraderView['realized']): Span {
  const text = dollarsText(value);
  return value === 0 ? plain(text) : { text, color: value < 0 ? 'red' : 'green' };
}

function alarm(text: string): Span {
  return { text, color: 'red', isBold: true };
}

function dim(span: Span): Span {
  return { ...span, isDim: true };
}

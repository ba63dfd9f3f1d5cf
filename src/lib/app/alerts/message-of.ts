/**
 * Alerts as one message: cleaned once more, because a part of a text may be a stranger's; without links to follow; without
 * what the account holds, unless the operator wants it there (reliability.md F43, S17).
 */
import type { AlertMessage, MessageItem } from '../../adapters/alerts/message.ts';
import { cleanProse } from '../../adapters/kalshi/clean-text.ts';
import type { AlertChange } from '../../core/alerts/condition.ts';
import { PRIORITIES, type Waiting } from '../../core/alerts/delivery.ts';
import { easternTime } from '../../core/eastern.ts';
import type { EpochMs } from '../../core/units.ts';
import { scrub } from '../keys/secret.ts';

/** At least one alert. */
export function messageOf(
  alerts: readonly Waiting[],
  env: string,
  { hasBalances }: { readonly hasBalances: boolean },
): AlertMessage {
  const items = alerts.map(({ id, key, priority, change, text, at }) => ({
    ...{ id, key: safe(key), priority, change, at },
    text: hasBalances ? safe(text) : withoutBalances(safe(text)),
  }));
  const priority = PRIORITIES.find((one) => items.some((item) => item.priority === one)) ?? 'low';
  const [first] = items;
  const isOne = items.length === 1 && first !== undefined;
  const about = isOne ? `${SIGNS[first.change]}${first.key}` : `${items.length} alerts`;
  return {
    ...{ env, priority, items },
    title: `kmm ${env.toUpperCase()} ${priority}: ${about}`,
    lines: isOne ? [lineOf(first)] : items.map((item) => `${item.priority} ${SIGNS[item.change]}${lineOf(item)}`),
    at: items.reduce((latest, item) => (item.at > latest ? item.at : latest), items[0]?.at ?? (0 as EpochMs)),
  };
}

/** What an alert is that does not begin something. */
const SIGNS: Readonly<Record<AlertChange, string>> = {
  raised: '',
  changed: 'changed: ',
  cleared: 'over: ',
  digest: 'again and again: ',
};

function lineOf({ text, at }: MessageItem): string {
  const { hour, minute, second } = easternTime(at);
  const [h, m, s] = [hour, minute, second].map((part) => String(part).padStart(2, '0'));
  return `${text} (${h}:${m}:${s} ET)`;
}

/** One visible line; an address that somebody's text brings along is not one that can be clicked. */
function safe(text: string): string {
  return cleanProse(scrub(text)).join(' ').replaceAll('://', ': //');
}

/** A text that speaks of cash or a balance without its amounts; a loss and a limit are none. */
export function withoutBalances(text: string): string {
  return /\b(cash|balances?)\b/i.test(text) ? text.replace(/-?\$-?[\d,]+(\.\d+)?/g, '$…') : text;
}

/**
 * A message as ntfy takes it: JSON at the root of the server, the topic being the last part of the address. ntfy shows plain
 * text unless Markdown is asked for, which it is not. The topic is a secret: who knows it reads along.
 */
import type { Priority } from '../../core/alerts/condition.ts';
import { type AlertMessage, type Body, fitted, fittedBytes } from './message.ts';

/** Of ntfy, in bytes: what is longer it would make a file of. */
const MESSAGE_BYTES_MAX = 4_096;
const TITLE_MAX = 250;

/** 5 rings through; 2 is silent. */
const PRIORITIES: Readonly<Record<Priority, number>> = { critical: 5, high: 4, medium: 3, low: 2 };
/** ntfy shows these as signs. */
const TAGS: Readonly<Record<Priority, string>> = {
  critical: 'rotating_light',
  high: 'warning',
  medium: 'large_yellow_circle',
  low: 'information_source',
};

export function ntfyBody({ env, priority, title, lines }: AlertMessage, address: string, token?: string): Body {
  const url = new URL(address);
  const parts = url.pathname.split('/').filter((part) => part !== '');
  const topic = decodeURIComponent(parts.pop() ?? '');
  url.pathname = `/${parts.join('/')}`;
  const json = JSON.stringify({
    ...{ topic, title: fitted(title, TITLE_MAX), message: fittedBytes(lines.join('\n'), MESSAGE_BYTES_MAX) },
    ...{ priority: PRIORITIES[priority], tags: [TAGS[priority], `kmm-${env}`], markdown: false },
  });
  return { address: url.href, json, ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }) };
}

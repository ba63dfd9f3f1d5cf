/**
 * A message as an incoming webhook of Slack takes it: a head line for the notification, and an attachment whose bar has the
 * colour of the priority. Slack reads markup only from the three signs that are escaped here; Markdown, mentions, links and
 * their previews are switched off.
 */
import type { Priority } from '../../core/alerts/condition.ts';
import { type AlertMessage, type Body, fittedLines, fittedWritten } from './message.ts';

/** Slack folds longer ones away; its own limit lies higher. */
const TITLE_MAX = 250;
const TEXT_MAX = 3_000;

const COLOURS: Readonly<Record<Priority, string>> = {
  critical: '#d32f2f',
  high: '#f57c00',
  medium: '#fbc02d',
  low: '#607d8b',
};

export function slackBody({ priority, title, lines, at }: AlertMessage, address: string): Body {
  const head = fittedWritten(title, TITLE_MAX, plain);
  const text = fittedLines(lines, TEXT_MAX, plain);
  const attachment = {
    color: COLOURS[priority],
    ...{ fallback: head, text, mrkdwn_in: [], ts: Math.floor(at / 1_000) },
  };
  const quiet = { mrkdwn: false, link_names: false, parse: 'none', unfurl_links: false, unfurl_media: false };
  return { address, json: JSON.stringify({ text: head, ...quiet, attachments: [attachment] }) };
}

/** Without `<` there is neither a link nor a mention. */
function plain(line: string): string {
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

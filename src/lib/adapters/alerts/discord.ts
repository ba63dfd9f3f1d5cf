/**
 * A message as a Discord webhook takes it: one embed, whose colour is the priority. Nobody can be mentioned, and nothing in
 * it is Markdown. `wait=true` makes Discord answer after it has taken the message, and refuse what it does not take.
 */
import type { Priority } from '../../core/alerts/condition.ts';
import { type AlertMessage, type Body, fittedLines, fittedWritten } from './message.ts';

/** Discord's limits; all texts of an embed together: 6,000. */
const TITLE_MAX = 256;
const DESCRIPTION_MAX = 4_096;

const COLOURS: Readonly<Record<Priority, number>> = {
  critical: 0xd32f2f,
  high: 0xf57c00,
  medium: 0xfbc02d,
  low: 0x607d8b,
};

export function discordBody({ priority, title, lines, at }: AlertMessage, address: string): Body {
  const url = new URL(address);
  url.searchParams.set('wait', 'true');
  const embed = {
    title: fittedWritten(title, TITLE_MAX, plain),
    description: fittedLines(lines, DESCRIPTION_MAX, plain),
    color: COLOURS[priority],
    timestamp: new Date(at).toISOString(),
  };
  return { address: url.href, json: JSON.stringify({ embeds: [embed], allowed_mentions: { parse: [] } }) };
}

/** Discord shows any sign of ASCII punctuation after a backslash as it is; without brackets there is no link. At the start of a line more signs mean something. */
function plain(line: string): string {
  return line.replace(/[\\*_~`|<>[\]@]/g, '\\$&').replace(/^(\s*)([#+-]|\d+(?=\.))/, startOfLine);
}

function startOfLine(_found: string, space: string, sign: string): string {
  return /^\d/.test(sign) ? `${space}${sign}\\` : `${space}\\${sign}`;
}

/** Alerts for people and for `--json`: what was told, and what became of it on each channel. */
import { dateTimeText, type Glyphs, isoText, timeText, type Zone } from '../../format.ts';
import type { AlertRow } from '../../lib/app/alerts/alert-book.ts';
import type { ChannelTest } from '../../lib/app/alerts/test-channels.ts';
import type { EpochMs } from '../../lib/core/units.ts';

/** Two lines an alert: what, then where it went. */
export function alertLines(alerts: readonly AlertRow[], signs: Glyphs, zone: Zone): readonly string[] {
  const width = Math.max(0, ...alerts.map(({ id }) => String(id).length));
  const indent = ' '.repeat(width + 3);
  return alerts.flatMap((alert) => {
    const { id, key, priority, change, text, at, isOpen } = alert;
    const state = stateOf(alert);
    const sign = isOpen === 1 ? '!' : ' ';
    const head = `${sign} ${String(id).padStart(width)} ${dateTimeText(at, zone)}  ${priority} ${change}  ${key}  (${state})`;
    const went = alert.deliveries.map((one) => deliveryText(one, zone)).join(` ${signs.separator} `);
    return [head, `${indent}${text}`, ...(went === '' ? [] : [`${indent}${signs.separator} ${went}`])];
  });
}

/** What was told to be over is no longer open to anybody who reads; it is not acknowledged all the same. */
function stateOf({ isOpen, change, acknowledgedAt }: AlertRow): string {
  if (isOpen === 1) return change === 'cleared' ? 'not acknowledged' : 'open';
  return acknowledgedAt === null ? 'told' : 'acknowledged';
}

function deliveryText(delivery: AlertRow['deliveries'][number], zone: Zone): string {
  const { channel, attempts, deliveredAt, parkedAt, problem } = delivery;
  if (deliveredAt !== null) return `${channel} ${timeText(deliveredAt, zone)}`;
  if (parkedAt !== null) return `${channel} given up: ${problem ?? 'no reason'}`;
  return attempts === 0 ? `${channel} waits` : `${channel} failed ${attempts}×: ${problem ?? 'no reason'}`;
}

export function alertRecord({ id, key, priority, change, text, at, acknowledgedAt, isOpen, deliveries }: AlertRow) {
  return {
    ...{
      id,
      key,
      priority,
      change,
      text,
      at: isoText(at),
      isOpen: isOpen === 1,
      acknowledgedAt: isoOr(acknowledgedAt),
    },
    deliveries: deliveries.map(({ channel, attempts, deliveredAt, parkedAt, problem }) => ({
      ...{ channel, attempts, deliveredAt: isoOr(deliveredAt), parkedAt: isoOr(parkedAt), problem },
    })),
  };
}

export function channelTestLines(tests: readonly ChannelTest[], signs: Glyphs): readonly string[] {
  const width = Math.max(0, ...tests.map(({ channel }) => channel.length));
  return tests.map(({ channel, host, isDelivered, text, ms }) => {
    const sign = isDelivered ? signs.tick : signs.cross;
    const where = host === null ? '' : `${host}: `;
    return `${sign} ${channel.padEnd(width)}  ${where}${isDelivered ? 'delivered' : 'NOT delivered'}, ${text}${ms === null ? '' : ` (${ms} ms)`}`;
  });
}

function isoOr(at: EpochMs | null): string | null {
  return at === null ? null : isoText(at);
}

/**
 * When what is queued goes out, and how much of it in one message: quiet hours, a cap on messages, a digest of what came
 * together, and how long a channel that failed is left alone. Pure; the sender asks before each message.
 */
import { easternTime } from '../eastern.ts';
import type { EpochMs } from '../units.ts';
import type { AlertChange, Priority } from './condition.ts';

/** Minutes of the day in New York; `from` may be later than `until`, over midnight. */
export interface QuietHours {
  readonly from: number;
  readonly until: number;
}

export interface Pace {
  readonly quiet?: QuietHours;
  /** Messages of one channel. */
  readonly perHourMax: number;
}

/** An alert that a channel has not been told of. */
export interface Waiting {
  readonly id: number;
  readonly key: string;
  readonly priority: Priority;
  readonly change: AlertChange;
  readonly text: string;
  readonly at: EpochMs;
  /** Messages with it that have failed. */
  readonly attempts: number;
}

/**
 * Alerts on their way to channels, on disk or in memory. Times are those of this machine. What is claimed is left alone by
 * other processes until then, so that two of them do not send the same; a claim whose process died runs out.
 */
export interface Outbox {
  /** Hands what is new to the channels of its priority. */
  spread(channelsOf: Readonly<Record<Priority, readonly string[]>>): void;
  /** What `choose` takes of what waits, claimed. Nothing while the channel is left alone after a failure. */
  claim(
    channel: string,
    now: EpochMs,
    choose: (waiting: readonly Waiting[], sentAt: readonly EpochMs[]) => readonly Waiting[],
  ): readonly Waiting[];
  /** Until when a channel is left alone after a failure; in the past, or undefined: it is not. */
  restsUntil(channel: string): EpochMs | undefined;
  delivered(channel: string, ids: readonly number[], now: EpochMs): void;
  /** Not before `nextAt`. */
  postponed(channel: string, ids: readonly number[], nextAt: EpochMs, problem: string): void;
  /** Given up, and listed as such. */
  parked(channel: string, ids: readonly number[], now: EpochMs, problem: string): void;
}

/** So many go out one by one; more that wait together become one message. */
const SINGLES_MAX = 3;
/** Of one digest; the rest comes in the next. */
export const DIGEST_MAX = 40;
const HOUR_MS = 3_600_000;
/** Between two digests once the hour's messages are spent. */
const DIGEST_URGENT_MS = 60_000;
const DIGEST_MS = 600_000;

/** Loudest first. */
export const PRIORITIES = ['critical', 'high', 'medium', 'low'] as const satisfies readonly Priority[];

/** Heeds neither quiet hours nor sleep. */
export function isUrgent(priority: Priority): boolean {
  return priority === 'critical' || priority === 'high';
}

/** The alerts of the next message of a channel, loudest and oldest first; none: not now. */
export function nextMessage(
  waiting: readonly Waiting[],
  sentAt: readonly EpochMs[],
  { quiet, perHourMax }: Pace,
  now: EpochMs,
): readonly Waiting[] {
  const isHushed = quiet !== undefined && isQuiet(quiet, now);
  const due = waiting
    .filter(({ priority }) => isUrgent(priority) || !isHushed)
    .toSorted((a, b) => PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority) || a.id - b.id);
  const recent = sentAt.filter((at) => at > now - HOUR_MS && at <= now);
  if (recent.length >= perHourMax) {
    const pauseMs = due.some(({ priority }) => isUrgent(priority)) ? DIGEST_URGENT_MS : DIGEST_MS;
    return now - Math.max(...recent) < pauseMs ? [] : due.slice(0, DIGEST_MAX);
  }
  return due.slice(0, due.length > SINGLES_MAX ? DIGEST_MAX : 1);
}

export function isQuiet({ from, until }: QuietHours, now: EpochMs): boolean {
  const { hour, minute } = easternTime(now);
  const at = hour * 60 + minute;
  return from <= until ? from <= at && at < until : at >= from || at < until;
}

const BACKOFF_MS = 2_000;
const BACKOFF_MS_MAX = 300_000;
/** Whatever a server asks for. */
const ASKED_MS_MAX = 3_600_000;

/**
 * How long a channel is left alone after its `attempts`-th failure in a row: twice as long each time, up to five minutes,
 * of which a drawn half (`drawn`: 0…1) is spread; no less than the server has asked for, up to an hour.
 */
export function retryDelayMs(attempts: number, drawn: number, askedMs = 0): number {
  const whole = Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** Math.max(0, attempts - 1));
  return Math.max(Math.round(whole / 2 + (whole / 2) * drawn), Math.min(ASKED_MS_MAX, askedMs));
}

/** Failures after which an alert is given up on a channel: about a day of them, or two hours. */
const ATTEMPTS_MAX: Readonly<Record<Priority, number>> = { critical: 300, high: 300, medium: 30, low: 30 };

export function isSpent({ attempts, priority }: Pick<Waiting, 'attempts' | 'priority'>): boolean {
  return attempts + 1 >= ATTEMPTS_MAX[priority];
}

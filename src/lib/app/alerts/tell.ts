/** For commands that end: they queue what they have to tell, and deliver what waits, for a bounded time. Nothing rejects. */
import { poster } from '../../adapters/alerts/post.ts';
import { cleanProse, cleanText } from '../../adapters/kalshi/clean-text.ts';
import type { Alert } from '../../core/alerts/condition.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { StatusProblem } from '../status/problems.ts';
import type { StatusFacts } from '../status/status.ts';
import { AlertDesk, type AlertDeskOptions } from './alert-desk.ts';
import { openChannelsAnyway } from './channels.ts';
import { statusAlerts, toldSince } from './status-alerts.ts';

export type TellPlace = Pick<AlertDeskOptions, 'home' | 'settings' | 'note'>;

/** Milliseconds of real time; a channel that hangs costs a command no more. */
const TELL_MS = 8_000;

/** What is not delivered by then stays queued for whoever looks next. Channels that cannot be used are noted and left out. */
export async function tellNow(place: TellPlace, alerts: readonly Alert[] = [], boundMs = TELL_MS): Promise<void> {
  const desk = deskOf(place);
  desk.queue(alerts);
  await desk.close(boundMs);
}

/** What is wrong by a status, once, and its end. */
export async function tellStatus(
  place: TellPlace,
  facts: StatusFacts,
  problems: readonly StatusProblem[],
  boundMs = TELL_MS,
): Promise<void> {
  const desk = deskOf(place);
  const now = epochMs(Date.now());
  desk.queue(statusAlerts(facts, problems, desk.told(toldSince(now)) ?? [], now));
  await desk.close(boundMs);
}

/** What a person or a script says: each time it is said, it is told. `text` is cut to a sentence's length. */
export function saidAlert({ key, priority, text }: Pick<Alert, 'key' | 'priority' | 'text'>, now: EpochMs): Alert {
  const [about, sentence] = [cleanText(key), cleanProse(text).join(' ').slice(0, SAID_MAX)];
  return { key: `said ${about}`, priority, change: 'raised', stage: String(now), text: sentence, at: now };
}

const SAID_MAX = 500;

export function deskOf(place: TellPlace): AlertDesk {
  const stopping = new AbortController();
  const { channels, problems } = openChannelsAnyway(place.settings, poster(stopping.signal));
  for (const { what } of problems) place.note?.(what);
  return new AlertDesk({ ...place, channels, stopping });
}

/**
 * Turns conditions that hold into alerts: the first, a change, and the end of each are told, repeats are not; a key that
 * has been told of ten times within an hour is summed up in one digest when there is room again (reliability.md I14).
 *
 * Keeps one entry per key that holds or was told of within the hour: as many as there are halts, markets and buckets.
 */
import type { EpochMs } from '../units.ts';
import type { Alert, AlertChange, Condition } from './condition.ts';

/** Per key and hour. */
const TOLD_MAX = 10;
export const TOLD_WITHIN_MS = 3_600_000;

interface Watched {
  /** Since when it holds without a break. */
  since: EpochMs | undefined;
  /** As it was last told or summed up, while it holds. */
  told: Condition | undefined;
  /** When it was told of within the hour, oldest first. */
  times: EpochMs[];
  /** Not told one by one since the last digest. */
  unsaid: number;
  last: Alert | undefined;
}

export class Alerts {
  readonly #watched = new Map<string, Watched>();

  /** What an earlier process has told, oldest first: it is not told again. Before the first `observe`. */
  restore(told: readonly Alert[], now: EpochMs): void {
    for (const { key, priority, change, stage, text, at } of told) {
      const watched = this.#entry(key);
      if (at <= now && at > now - TOLD_WITHIN_MS) watched.times.push(at);
      if (change === 'cleared') watched.told = undefined;
      else if (change !== 'digest') watched.told = { key, priority, stage, text };
    }
  }

  /** Everything that holds now, and nothing else. Returns what is to be told of it. */
  observe(conditions: readonly Condition[], now: EpochMs): readonly Alert[] {
    const alerts: Alert[] = [];
    const present = new Set<string>();
    for (const condition of conditions) {
      present.add(condition.key);
      this.#holds(condition, now, alerts);
    }
    for (const [key, watched] of this.#watched) {
      if (!present.has(key)) this.#ended(watched, now, alerts);
      this.#digest(watched, now, alerts);
      const isOver = watched.since === undefined && watched.times.length === 0 && watched.unsaid === 0;
      if (isOver) this.#watched.delete(key);
    }
    return alerts;
  }

  #holds(condition: Condition, now: EpochMs, alerts: Alert[]): void {
    const watched = this.#entry(condition.key);
    const { told } = watched;
    watched.since ??= now;
    if (told === undefined && now - watched.since < (condition.afterMs ?? 0)) return;
    if (told !== undefined && told.priority === condition.priority && stageOf(told) === stageOf(condition)) return;
    watched.told = condition;
    tell(watched, alertOf(condition, told === undefined ? 'raised' : 'changed', now), alerts);
  }

  #ended(watched: Watched, now: EpochMs, alerts: Alert[]): void {
    const { told } = watched;
    watched.since = undefined;
    watched.told = undefined;
    if (told !== undefined) tell(watched, alertOf(told, 'cleared', now), alerts);
  }

  #digest(watched: Watched, now: EpochMs, alerts: Alert[]): void {
    if (watched.times.length > 0) watched.times = watched.times.filter((at) => at > now - TOLD_WITHIN_MS);
    const { last, unsaid } = watched;
    if (last === undefined || unsaid === 0 || watched.times.length >= TOLD_MAX) return;
    watched.unsaid = 0;
    const text = `${unsaid} more changes within the hour; the last: ${last.change}, ${last.text}`;
    tell(watched, { ...last, change: 'digest', text, at: now }, alerts);
  }

  #entry(key: string): Watched {
    const known = this.#watched.get(key);
    if (known !== undefined) return known;
    const watched: Watched = { since: undefined, told: undefined, times: [], unsaid: 0, last: undefined };
    this.#watched.set(key, watched);
    return watched;
  }
}

function tell(watched: Watched, alert: Alert, alerts: Alert[]): void {
  const told = watched.times.filter((at) => at > alert.at - TOLD_WITHIN_MS);
  watched.times = told;
  watched.last = alert;
  if (told.length >= TOLD_MAX) {
    watched.unsaid += 1;
    return;
  }
  told.push(alert.at);
  alerts.push(alert);
}

function alertOf(condition: Condition, change: AlertChange, at: EpochMs): Alert {
  const { key, priority, text } = condition;
  return { key, priority, change, stage: stageOf(condition), text, at };
}

function stageOf({ stage = '' }: Condition): string {
  return stage;
}

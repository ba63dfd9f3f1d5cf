/**
 * Volume against the market's own (D-5): contracts traded in a short window, and on the average of as long a time before it.
 * In the last part before the close several times as much is news that somebody has and we have not.
 *
 * The average is that of the time in which trades were heard on this connection; before half of the averaged time has been
 * heard there is none, and nothing is paused.
 */

import type { Market } from '../market.ts';
import type { InventoryRules, VolumeRules } from '../parameters.ts';
import { isFinal } from '../quoting/inventory.ts';
import { type Centicontracts, type EpochMs, formatSize } from '../units.ts';

/** Only what takes the position down is shown until then. */
export interface Surge {
  readonly until: EpochMs;
  readonly reason: string;
}

export interface Volume {
  /** In the window. */
  readonly recent: Centicontracts;
  /** In as long a time before, on the average. */
  readonly usual: Centicontracts;
}

export class VolumeWatch {
  readonly #since: EpochMs;
  /** By second, oldest first. */
  readonly #traded: { readonly second: number; size: number }[] = [];

  constructor(since: EpochMs) {
    this.#since = since;
  }

  traded(size: Centicontracts, at: EpochMs, { windowMs, averageMs }: VolumeRules): void {
    const second = Math.floor(at / SECOND_MS) * SECOND_MS;
    const last = this.#traded.at(-1);
    if (last !== undefined && last.second >= second) last.size += size;
    else this.#traded.push({ second, size });
    const kept = this.#traded.findIndex((entry) => entry.second > at - windowMs - averageMs);
    if (kept > 0) this.#traded.splice(0, kept);
  }

  /** Undefined: too little was heard for an average. */
  volume(now: EpochMs, { windowMs, averageMs }: VolumeRules): Volume | undefined {
    const heardMs = Math.min(averageMs, now - windowMs - this.#since);
    if (heardMs <= 0 || heardMs < averageMs / 2) return undefined;
    let [recent, before] = [0, 0];
    for (const { second, size } of this.#traded) {
      if (second > now - windowMs) recent += size;
      else if (second > now - windowMs - heardMs) before += size;
    }
    const usual = Math.round((before * windowMs) / heardMs);
    return { recent: recent as Centicontracts, usual: usual as Centicontracts };
  }
}

/** What a trade at this time shows; undefined: nothing out of the way, or not the last part before the close. */
export function surgeAt(
  watch: VolumeWatch,
  market: Pick<Market, 'openAt' | 'closeAt'>,
  inventory: InventoryRules,
  now: EpochMs,
): Surge | undefined {
  const { volume: rules } = inventory;
  if (rules === undefined || rules.pauseMs === 0 || !isFinal(market, inventory, now)) return undefined;
  const volume = watch.volume(now, rules);
  if (volume === undefined) return undefined;
  const { recent, usual } = volume;
  if (recent < rules.sizeMin || recent * HUNDRED <= usual * rules.times) return undefined;
  const window = `${rules.windowMs / SECOND_MS} s`;
  const reason = `${formatSize(recent)} contracts traded in ${window}, ${formatSize(usual)} are usual`;
  return { until: (now + rules.pauseMs) as EpochMs, reason };
}

const SECOND_MS = 1_000;
const HUNDRED = 100;

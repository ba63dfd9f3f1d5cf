/**
 * What an operator is to be told of that the trading session does not know: the machine, the key's papers, the exchange's
 * hours, and the trader itself. Pure; how long something must hold and what was told is for `Alerts`.
 */
import type { Condition } from '../../core/alerts/condition.ts';
import { clearsOf, type Halt } from '../../core/risk/halts.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Stop } from '../doctor/maintenance.ts';
import { ageWords, easternText } from '../doctor/words.ts';

/** What is known; absent: it could not be asked, which is no news of it. */
export interface HouseFacts {
  readonly disk?: { readonly freeBytes: number; readonly totalBytes: number };
  /** The exchange's next break. */
  readonly stop?: Stop;
  /** When the location attestation of keys ends. */
  readonly attestedUntil?: number;
  /** A trader that died or stood still, in words, until the next one trades. */
  readonly trader?: { readonly text: string; readonly isGivenUp: boolean };
  /** Cancels of the supervisor that found no proof, in words. */
  readonly unconfirmed?: string;
}

const DISK_SHARE_MIN = 0.1;
const SOON_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** The stage of a trader that nobody starts again. */
export const GIVEN_UP = 'given up';

/** `now`: this machine's. */
export function houseConditions(facts: HouseFacts, now: EpochMs): readonly Condition[] {
  const { disk, stop, attestedUntil, trader, unconfirmed } = facts;
  const conditions: Condition[] = [];
  if (disk !== undefined && disk.freeBytes < disk.totalBytes * DISK_SHARE_MIN) {
    const left = Math.floor((100 * disk.freeBytes) / Math.max(1, disk.totalBytes));
    const text = `${left} % of the disk is free; when it is full nothing can be journaled, and what cannot be is not sent: free it`;
    conditions.push({ key: 'house disk', priority: 'high', text });
  }
  if (stop !== undefined && stop.startsAt > now && stop.startsAt - now <= SOON_MS) {
    const span = `${easternText(stop.startsAt)} to ${easternText(stop.endsAt)}`;
    const text = `the exchange stops in ${ageWords(stop.startsAt - now)}: ${span}; what is held then cannot be traded`;
    conditions.push({ key: 'house maintenance', priority: 'medium', text, stage: String(stop.startsAt) });
  }
  if (attestedUntil !== undefined && attestedUntil - now <= DAY_MS) {
    const when = attestedUntil > now ? `ends ${easternText(attestedUntil as EpochMs)}` : 'has ended';
    const text = `the location attestation of the key ${when}: some categories are closed to it then; renew it on the web page`;
    conditions.push({ key: 'house attestation', priority: 'high', text, stage: String(attestedUntil) });
  }
  if (trader !== undefined) {
    const { text, isGivenUp } = trader;
    const [priority, stage] = isGivenUp ? (['critical', GIVEN_UP] as const) : (['high', ''] as const);
    conditions.push({ key: 'house trader', priority, text, stage });
  }
  if (unconfirmed !== undefined) {
    conditions.push({ key: 'house unconfirmed', priority: 'critical', text: unconfirmed });
  }
  return conditions;
}

/** No turn of the trader for so long: nobody vouches for it. */
const SILENT_MS = 30_000;
/** All channels have failed for so long: the alerter is as good as dead. */
const UNTOLD_MS = 300_000;

export interface Health {
  /** Since a new turn of the trader was seen, ms; undefined: never. */
  readonly turnAgeMs?: number;
  readonly halts: readonly Pick<Halt, 'name' | 'scope'>[];
  /** For how long no channel has taken anything, ms. */
  readonly untoldMs?: number;
}

/**
 * Whether somebody outside may be told that all is well. What a person has asked for (a pause) is well; whatever waits for a
 * person is not, and silence then brings one.
 */
export function isWell({ turnAgeMs, halts, untoldMs }: Health): boolean {
  if (turnAgeMs === undefined || turnAgeMs > SILENT_MS) return false;
  if (untoldMs !== undefined && untoldMs > UNTOLD_MS) return false;
  return !halts.some((halt) => clearsOf(halt) !== 'self' && halt.name !== 'PAUSED' && halt.name !== 'STOPPING');
}

/** What the server keeps beside the venue: the keys and tiers of accounts, and the faults that it was asked to make. */
import { type EpochMs, epochMs } from '../../core/units.ts';
import { seededStream } from '../../sim/random.ts';
import { KeyStore, type SimKey } from './key-store.ts';
import { Mischief } from './mischief.ts';
import type { MischiefPlan } from './mischief-plan.ts';
import { type TierName, Tiers } from './tiers.ts';

export interface BackOffice {
  readonly keys: KeyStore;
  readonly tiers: Tiers;
  readonly mischief: Mischief;
  /** Until when the location of key users is attested, in exchange time. */
  readonly attestedUntil: EpochMs;
}

export interface BackOfficeOptions {
  readonly keys?: readonly SimKey[];
  /** Default: advanced. */
  readonly tier?: TierName;
}

/** Throws when a public key is not one. `now`: exchange time. */
export function openBackOffice(now: EpochMs, { keys = [], tier = 'advanced' }: BackOfficeOptions = {}): BackOffice {
  return {
    keys: new KeyStore(keys),
    tiers: new Tiers(tier),
    mischief: new Mischief(),
    attestedUntil: epochMs(now + ATTESTATION_MS),
  };
}

/** The exchange misbehaves by this plan from now on; its draws are its seed's. */
export function startMischief({ mischief }: BackOffice, plan: MischiefPlan, now: EpochMs): void {
  mischief.misbehave(plan, seededStream(plan.seed), now);
}

/** Ninety days: longer than any run. */
const ATTESTATION_MS = 90 * 86_400_000;

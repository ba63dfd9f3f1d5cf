/** Usage tiers: how fast an account may call, and what it holds its tier by (kalshi/api.md 5). */

/** Lowest first. */
export const TIER_NAMES = ['basic', 'advanced', 'expert', 'premier', 'paragon', 'prime', 'prestige'] as const;
export type TierName = (typeof TIER_NAMES)[number];

/** What share of the volume, in hundred-thousandths of both sides, earns a level, and what keeps it. */
export const VOLUME_GOALS: readonly { readonly level: TierName; readonly earn: number; readonly keep: number }[] = [
  { level: 'expert', earn: 75, keep: 50 },
  { level: 'premier', earn: 125, keep: 100 },
  { level: 'paragon', earn: 250, keep: 200 },
  { level: 'prime', earn: 500, keep: 400 },
  { level: 'prestige', earn: 1_000, keep: 800 },
];

export interface BucketSize {
  /** Tokens. */
  readonly refillPerSecond: number;
  readonly capacity: number;
}
export interface Tier {
  readonly read: BucketSize;
  readonly write: BucketSize;
}

export interface TierGrant {
  readonly level: TierName;
  /** Earned by volume, or given by the exchange for good. */
  readonly source: 'volume' | 'manual';
}

export class Tiers {
  #base: TierName;
  readonly #upgraded = new Set<string>();

  /** `base`: what every account has from the start. */
  constructor(base: TierName) {
    this.#base = base;
  }

  /** Every account is of this level from now on. */
  reset(base: TierName): void {
    this.#base = base;
    this.#upgraded.clear();
  }

  nameOf(accountId: string): TierName {
    return this.#base === 'basic' && this.#upgraded.has(accountId) ? 'advanced' : this.#base;
  }

  of(accountId: string): Tier {
    return TIERS[this.nameOf(accountId)];
  }

  /** Basic is nobody's grant; tiers above Advanced are earned by volume. */
  grantsOf(accountId: string): readonly TierGrant[] {
    const own: readonly TierGrant[] =
      this.#base === 'basic' ? [] : [{ level: this.#base, source: this.#base === 'advanced' ? 'manual' : 'volume' }];
    const isExtra = this.#upgraded.has(accountId) && this.#base !== 'advanced';
    return isExtra ? [...own, { level: 'advanced', source: 'manual' }] : own;
  }

  /** A permanent grant of Advanced; again is no error. */
  upgrade(accountId: string): void {
    this.#upgraded.add(accountId);
  }

  isAtLeast(accountId: string, wanted: TierName): boolean {
    return TIER_NAMES.indexOf(this.nameOf(accountId)) >= TIER_NAMES.indexOf(wanted);
  }
}

/** Basic as captured in July 2026, Advanced with the three seconds of burst seen live in October, the rest as documented. */
const TIERS: Readonly<Record<TierName, Tier>> = {
  basic: { read: size(200, 2), write: size(100, 1) },
  advanced: { read: size(300, 3), write: size(300, 3) },
  expert: { read: size(600, 1), write: size(600, 2) },
  premier: { read: size(1_000, 1), write: size(1_000, 2) },
  paragon: { read: size(2_000, 1), write: size(2_000, 2) },
  prime: { read: size(4_000, 1), write: size(4_000, 2) },
  prestige: { read: size(10_000, 1), write: size(8_000, 2) },
};

function size(refillPerSecond: number, burstSeconds: number): BucketSize {
  return { refillPerSecond, capacity: refillPerSecond * burstSeconds };
}

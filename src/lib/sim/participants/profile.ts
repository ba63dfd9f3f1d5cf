/**
 * How busy a market is: its makers, noise traders and informed traders in figures. Prices and errors are in dollars of
 * the $1 payout (0.01 is a cent), sizes in contracts, waits in milliseconds of exchange time.
 */

export interface MakerProfile {
  readonly name: string;
  readonly levels: number;
  /** From its fair value to its best price, where a contract is worth 50 cents; less towards the ends. */
  readonly halfSpread: number;
  /** Between its levels, likewise. */
  readonly spacing: number;
  /** At its best price; deeper levels hold more. */
  readonly size: number;
  /** Mean wait between two looks at the market. */
  readonly waitMs: number;
  /** Standard deviation of what it gets wrong about the fair value. */
  readonly error: number;
}

export interface NoiseProfile {
  readonly waitMs: number;
  /** Mean size; one in eight is many times larger. */
  readonly size: number;
  /** How far through the best price it will go, at most. */
  readonly reach: number;
}

export interface InformedProfile {
  readonly waitMs: number;
  /** How far ahead of everybody else it sees. */
  readonly aheadMs: number;
  /** What must be left after the fee. */
  readonly edge: number;
  readonly size: number;
}

export interface ParticipantsProfile {
  readonly makers: readonly MakerProfile[];
  readonly noise: NoiseProfile;
  readonly informed: InformedProfile;
}

/** A quarter-hour crypto market: its price moves by a cent or two every second. */
export const LIVELY: ParticipantsProfile = {
  makers: [
    { name: 'maker-1', levels: 5, halfSpread: 0.016, spacing: 0.012, size: 25, waitMs: 400, error: 0.004 },
    { name: 'maker-2', levels: 4, halfSpread: 0.022, spacing: 0.018, size: 60, waitMs: 600, error: 0.006 },
    { name: 'maker-3', levels: 4, halfSpread: 0.035, spacing: 0.03, size: 150, waitMs: 1_500, error: 0.008 },
  ],
  noise: { waitMs: 500, size: 15, reach: 0.06 },
  informed: { waitMs: 500, aheadMs: 1_200, edge: 0.01, size: 20 },
};

/** One rung of an hourly ladder. */
export const STEADY: ParticipantsProfile = {
  makers: [
    { name: 'maker-1', levels: 4, halfSpread: 0.012, spacing: 0.012, size: 40, waitMs: 1_200, error: 0.003 },
    { name: 'maker-2', levels: 4, halfSpread: 0.022, spacing: 0.025, size: 150, waitMs: 3_000, error: 0.005 },
  ],
  noise: { waitMs: 3_000, size: 15, reach: 0.05 },
  informed: { waitMs: 4_000, aheadMs: 2_000, edge: 0.01, size: 25 },
};

/** One strike of an index. */
export const MEASURED: ParticipantsProfile = {
  makers: [
    { name: 'maker-1', levels: 4, halfSpread: 0.015, spacing: 0.012, size: 40, waitMs: 1_500, error: 0.004 },
    { name: 'maker-2', levels: 4, halfSpread: 0.025, spacing: 0.025, size: 150, waitMs: 4_000, error: 0.006 },
  ],
  noise: { waitMs: 4_000, size: 15, reach: 0.05 },
  informed: { waitMs: 6_000, aheadMs: 2_000, edge: 0.01, size: 25 },
};

/** One bracket of a day's temperature. */
export const SLOW: ParticipantsProfile = {
  makers: [
    { name: 'maker-1', levels: 4, halfSpread: 0.015, spacing: 0.012, size: 30, waitMs: 6_000, error: 0.004 },
    { name: 'maker-2', levels: 4, halfSpread: 0.025, spacing: 0.03, size: 100, waitMs: 15_000, error: 0.006 },
  ],
  noise: { waitMs: 15_000, size: 15, reach: 0.05 },
  informed: { waitMs: 30_000, aheadMs: 60_000, edge: 0.01, size: 25 },
};

/** Everybody acts `pace` times as often; what they do then is the same. */
export function atPace({ makers, noise, informed }: ParticipantsProfile, pace: number): ParticipantsProfile {
  const slower = <One extends { readonly waitMs: number }>(one: One): One => ({ ...one, waitMs: one.waitMs / pace });
  return { makers: makers.map(slower), noise: slower(noise), informed: slower(informed) };
}

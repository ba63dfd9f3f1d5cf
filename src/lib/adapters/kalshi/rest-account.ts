/** What the exchange allows this account to send, and how it comes to be allowed more (kalshi/api.md 5). */
import * as z from 'zod';
import type { Centicontracts, EpochMs } from '../../core/units.ts';
import type { Wire } from '../../ports.ts';
import { limitsSchema } from './account-schema.ts';
import { REST_ROOT } from './environments.ts';
import { maybe, size, stampSeconds, title } from './fields.ts';
import { present } from './present.ts';
import type { AccountLimits } from './rate-limit.ts';
import { command, read } from './rest-call.ts';
import type { Result } from './result.ts';

/** Why the account has its tier. Without an end it is for good. */
export interface TierGrant {
  readonly level: string;
  readonly source: string;
  /** `event_contract`, or `margined`, which is no business of ours. */
  readonly instance: string;
  readonly expiresAt?: EpochMs;
}
export interface AccountStanding extends AccountLimits {
  readonly grants: readonly TierGrant[];
}
/** Volume of thirty days beside what each tier asks for. */
export interface VolumeProgress {
  readonly at: EpochMs;
  readonly volume: Centicontracts;
  readonly goals: readonly {
    readonly level: string;
    readonly toEarn: Centicontracts;
    readonly toKeep: Centicontracts;
  }[];
}

export class KalshiAccount {
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  async standing(): Promise<Result<AccountStanding>> {
    return read(this.#wire, '/account/limits', standingSchema);
  }

  async volumeProgress(): Promise<Result<readonly VolumeProgress[]>> {
    return read(this.#wire, '/account/api_usage_level/volume_progress', progressSchema);
  }

  /** Asks for the Advanced tier, which is free for whoever has sent one of his last 100 orders by API. 30 tokens. */
  async upgrade(): Promise<Result<void>> {
    return command(this.#wire, { method: 'POST', path: `${REST_ROOT}/account/api_usage_level/upgrade` });
  }
}

const grantSchema = z
  .object({ exchange_instance: title, level: title, source: title, expires_ts: maybe(stampSeconds) })
  .transform(
    (raw): TierGrant =>
      present({ level: raw.level, source: raw.source, instance: raw.exchange_instance, expiresAt: raw.expires_ts }),
  );

const standingSchema = limitsSchema.and(z.object({ grants: z.array(grantSchema) }));

const progressSchema = z
  .object({
    volume_progress: z.array(
      z.object({
        computed_ts: stampSeconds,
        trailing_30d_volume_fp: size,
        goals: z.array(z.object({ level: title, earn_volume_goal_fp: size, keep_volume_goal_fp: size })),
      }),
    ),
  })
  .transform((raw): readonly VolumeProgress[] =>
    raw.volume_progress.map((row) => ({
      at: row.computed_ts,
      volume: row.trailing_30d_volume_fp,
      goals: row.goals.map((goal) => ({
        level: goal.level,
        toEarn: goal.earn_volume_goal_fp,
        toKeep: goal.keep_volume_goal_fp,
      })),
    })),
  );

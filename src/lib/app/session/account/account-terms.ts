/**
 * What the exchange allows the account and charges for each call: read before the first order, and again every ten minutes,
 * because both change without notice (reliability.md section 4). New numbers count at once; until they can be read the old
 * ones stay. A key that is bound to one subaccount is not told (kalshi/api.md 2): it gets along with the smallest tier.
 */
import { DEFAULT_COSTS, type EndpointCosts } from '../../../adapters/kalshi/endpoint-costs.ts';
import { BASIC_TIER, RateLimiter } from '../../../adapters/kalshi/rate-limit.ts';
import type { KalshiRest } from '../../../adapters/kalshi/rest.ts';
import type { CallError, Result } from '../../../adapters/kalshi/result.ts';
import type { Clock } from '../../../ports.ts';

/** How old the numbers may get. */
export const TERMS_MS = 600_000;

export class AccountTerms {
  readonly limiter = new RateLimiter(BASIC_TIER);
  readonly #clock: Clock;
  #costs: EndpointCosts = DEFAULT_COSTS;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get costs(): EndpointCosts {
    return this.#costs;
  }

  /** Reads both; an error when the limits could not be had. The prices of a call matter less and keep till next time. */
  async read(rest: Pick<KalshiRest, 'limits' | 'endpointCosts'>): Promise<Result<void>> {
    const limits = await rest.limits();
    if (limits.ok) this.limiter.resize(limits.value, this.#clock.now());
    const costs = await rest.endpointCosts();
    if (costs.ok) this.#costs = costs.value;
    return limits.ok ? { ok: true, value: undefined } : limits;
  }
}

/** The exchange knows the key and does not answer it this: so it is with keys that are bound to a subaccount. */
export function isNotTold(error: CallError): boolean {
  return error.kind === 'refused' && error.status === 403;
}

/**
 * Forced exits (D-3, D-5): a position that is above what the inventory rules allow is worked down, by the same steps, gate
 * and bound as a flatten that a person asks for. What all exits of one market cost together has a bound of its own; once it
 * is spent the position stays, and the operator is told.
 *
 * Only in markets that we quote: what a person holds elsewhere is that person's to leave.
 */

import { freezeAt } from '../clock/market-clock.ts';
import type { Flattens } from '../flatten/flattens.ts';
import type { MarketState } from '../market-state.ts';
import type { MarketTable } from '../market-table.ts';
import type { Account } from '../money/account.ts';
import type { Parameters } from '../parameters.ts';
import { type EpochMs, formatSize, microdollars } from '../units.ts';
import { exitTarget, finalFrom } from './inventory.ts';

/** A position that is too large is given this long to leave without paying for it. */
const PATIENCE_MS = 120_000;
/** After an exit that has not brought the position down. */
const AGAIN_MS = 10_000;

export interface ExitsOptions {
  readonly flattens: Flattens;
  readonly markets: MarketTable;
  readonly account: Pick<Account, 'ledger'>;
  readonly parameters: Parameters;
}

export class Exits {
  readonly #options: ExitsOptions;
  readonly #begunAt = new Map<string, EpochMs>();

  constructor(options: ExitsOptions) {
    this.#options = options;
  }

  /** Begins what is due. Call before the flattens are decided. */
  look(now: EpochMs): void {
    const { markets } = this.#options;
    for (const ticker of this.#begunAt.keys()) if (markets.get(ticker) === undefined) this.#begunAt.delete(ticker);
    for (const state of markets.all()) if (state.isSelected) this.#lookAt(state, now);
  }

  #lookAt({ market }: MarketState, now: EpochMs): void {
    const { flattens, account, parameters } = this.#options;
    const { inventory, risk } = parameters;
    const { ticker } = market;
    const { position } = account.ledger.holding(ticker);
    if (position === 0) return;
    const to = exitTarget(position, market, inventory, now);
    if (to === undefined || flattens.isAt(ticker)) return;
    const begunAt = this.#begunAt.get(ticker);
    if (begunAt !== undefined && now - begunAt < AGAIN_MS) return;
    const costMax = microdollars(risk.exitCost - Math.max(0, flattens.exitCostOf(ticker)));
    if (costMax <= 0) return;
    const flatAt = freezeAt(market, parameters);
    // With the time that is left before the freeze it is paid for in its last minute.
    const withinMs = now >= finalFrom(market, inventory) ? flatAt - now : PATIENCE_MS;
    if (flatAt <= now) return;
    this.#begunAt.set(ticker, now);
    const ask = {
      id: `exit-${ticker}-${now}`,
      ticker,
      costMax,
      isPaying: false,
      withinMs,
      to,
      isForced: true,
    } as const;
    flattens.force(ask, `${formatSize(position)} are held, ${formatSize(to)} may be`, now);
  }
}

/**
 * How much of the past the embedded exchange remembers. What lies beyond these bounds is gone, also from the historical
 * endpoints: a world runs for weeks in the memory of its first hours.
 */

/** Finalized markets, with their candles. */
export const MARKETS_KEPT = 200;
/** Prints of all markets together. */
export const TRADES_KEPT = 5_000;
/** Of one account. Orders that rest do not count. */
export const ORDERS_KEPT = 5_000;
/** Names that a new order may not have. */
export const CLIENT_IDS_KEPT = 20_000;
export const FILLS_KEPT = 5_000;
export const SETTLEMENTS_KEPT = 5_000;
export const TRANSFERS_KEPT = 1_000;
/** Of one market, a minute each: more than a day. */
export const CANDLES_KEPT = 1_500;
/** Of the operator's doing. */
export const FEE_CHANGES_KEPT = 1_000;
export const INCENTIVES_KEPT = 1_000;

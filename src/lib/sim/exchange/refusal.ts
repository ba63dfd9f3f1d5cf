/** The exchange's way of saying no: HTTP status, code, message (the code in words), details (kalshi/api.md 3.9). */
import type { VenueRefusal } from '../venue.ts';

/** Codes the exchange is known to use, with their status; the pauses' names are ours, no capture shows them. */
const STATUS = {
  invalid_price: 400,
  invalid_order: 400,
  invalid_order_size: 400,
  insufficient_balance: 400,
  order_side_mismatch: 400,
  order_ticker_mismatch: 400,
  fill_or_kill_insufficient_resting_volume: 400,
  bad_request: 400,
  invalid_parameters: 400,
  MARKET_INACTIVE: 400,
  trading_is_paused: 400,
  exchange_is_paused: 400,
  not_found: 404,
  market_not_found: 404,
  order_already_exists: 409,
} as const;

export type RefusalCode = keyof typeof STATUS;

export function refuse(code: RefusalCode, details?: string): VenueRefusal {
  const message = code.toLowerCase().replaceAll('_', ' ');
  return { kind: 'refused', status: STATUS[code], code, message, ...(details === undefined ? {} : { details }) };
}

/**
 * Who says what: several processes put alerts into one queue, and each ends its own alone. The first word of a key names
 * its teller; everything else is the trading session's.
 */

/** `house`: the supervisor and what it measures; `channel`: whoever delivers; `said`: `kmm alert send`; `record`: a recorder that runs alone. */
export const TELLERS = ['house', 'watchdog', 'kill', 'status', 'channel', 'report', 'alive', 'said', 'record'] as const;
export type Teller = (typeof TELLERS)[number];

export function isOf(teller: Teller, key: string): boolean {
  return key === teller || key.startsWith(`${teller} `);
}

/** Told by a trading session. */
export function isOfSession(key: string): boolean {
  return !TELLERS.some((teller) => isOf(teller, key));
}

/** What is asked of a kill, and what it says of itself. */
import type { Alert } from '../../core/alerts/condition.ts';
import type { Side } from '../../core/units.ts';
import type { Opened } from './kill-links.ts';

export interface KillRequest {
  /** Kept with the halt. */
  readonly reason: string;
  /** Whose orders: everything on the account, or what this instance of kmm has placed. */
  readonly scope: 'account' | 'own';
  /** Tickers of markets, events or series; none: all. Not together with `strategy`. */
  readonly markets: readonly string[];
  readonly strategy?: string;
  /** False: halts stay as they are. */
  readonly isLatching: boolean;
  /** Who kills; default the user. */
  readonly by?: string;
  /** Given the alerts that no database took. */
  readonly onUntold?: (alerts: readonly Alert[]) => void;
  /** The connection of whoever has its own; default what lock, journal and configuration name. It stays open. */
  readonly opened?: Opened;
}

export interface KillReport {
  readonly type: 'kill';
  readonly schemaVersion: 1;
  readonly env: string;
  readonly scope: KillRequest['scope'];
  /** What the kill covers, as the scopes of its halts: `*`, tickers, a strategy. */
  readonly covers: readonly string[];
  /** A halt was asked for; else those that were on are as they were. */
  readonly isLatching: boolean;
  /** The halt KILLED is on disk: a running trader stops, and later ones stay halted until `kmm resume`. */
  readonly isLatched: boolean;
  /** Where; null: nowhere. */
  readonly latchedIn: 'database' | 'file' | null;
  /** The account-wide cancel was accepted. */
  readonly isSwept: boolean;
  readonly groupsTriggered: number;
  /** Orders that could rest before the kill, by our own journal or the exchange's listing. */
  readonly orders: readonly KilledOrder[];
  /** Orders that were cancelled by id: all of them, or what the sweep had left. */
  readonly cancelledById: number;
  /** Two complete listings in a row were empty, or the exchange is gone. */
  readonly isConfirmed: boolean;
  /** Sim: no embedded exchange runs any more, so nothing can rest on one. */
  readonly isExchangeGone: boolean;
  /** What may still rest, and until when where we know. */
  readonly resting: readonly { readonly orderId: string; readonly ticker: string; readonly until?: string }[];
  /** From the start of the kill to the first cancel leaving this machine (0: there was none), and to the proof. */
  readonly firstCancelMs: number;
  readonly confirmedMs: number | null;
  readonly notes: readonly string[];
}

export interface KilledOrder {
  readonly ticker: string;
  readonly side: Side;
  /** Decimal text, in dollars and contracts. */
  readonly price: string;
  readonly size: string;
  /** Empty: it was placed without one. */
  readonly clientOrderId: string;
  /** False: placed by another program or by hand on the web page. */
  readonly isOurs: boolean;
}

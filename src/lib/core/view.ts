/** What the trader shows of itself: plain JSON, sent to the screen and to `--json`. Types only. */
import type { NextThing } from './clock/countdown.ts';
import type { PhaseNow } from './clock/market-clock.ts';
import type { Halt } from './risk/halts.ts';
import type { LimitUnit, LimitUse } from './risk/limits.ts';
import type { LimitBar } from './risk/risk-view.ts';
import type { Centicents, Centicontracts, EpochMs, Microdollars } from './units.ts';

export interface SideView {
  readonly price: Centicents;
  readonly size: Centicontracts;
  /** `working`, `sending`, `unknown`, … of the order behind it. */
  readonly state: string;
  readonly expiresAt: EpochMs;
  /** Contracts that fill before us, as the exchange last said (once a minute); absent when not known. */
  readonly ahead?: Centicontracts;
}

export interface MarketView {
  readonly ticker: string;
  readonly status: string;
  /** One word: quoting, one-sided, idle, halted, stale, frozen, closed, waiting. */
  readonly state: string;
  /** Why less than usual is quoted (first gate that said no, a missing side, a clamped size); absent when both sides are whole. */
  readonly why?: string;
  readonly closeAt: EpochMs;
  /** When its quotes leave. */
  readonly freezeAt?: EpochMs;
  /** Of its clock: IDLE, PREP, MAKE, FREEZE or POST. */
  readonly phase?: PhaseNow;
  /** Receive time of the last book message; absent before the first. */
  readonly bookAt?: EpochMs;
  readonly isBookValid: boolean;
  readonly isStale: boolean;
  readonly bestBid?: Centicents;
  readonly bestAsk?: Centicents;
  /** Fair value in [0, 1] and its standard error. */
  readonly fair?: number;
  readonly fairError?: number;
  readonly reservation?: number;
  readonly bid?: SideView;
  readonly ask?: SideView;
  readonly position: Centicontracts;
  /** What the open lots were bought for; negative: sold for. */
  readonly cost: Microdollars;
  /** The price of the others at which the position could be left; absent while it has none, or nothing is held. */
  readonly mark?: Centicents;
  readonly realized: Microdollars;
  readonly unrealized: Microdollars;
  readonly fees: Microdollars;
  /** Worst loss of position and orders. */
  readonly worst: Microdollars;
}

export interface LadderLevel {
  readonly price: Centicents;
  readonly size: Centicontracts;
  readonly own: Centicontracts;
}

/** The book of the market the screen has selected, best level first. */
export interface LadderView {
  readonly ticker: string;
  readonly bids: readonly LadderLevel[];
  readonly asks: readonly LadderLevel[];
}

export interface LimitView {
  readonly name: string;
  readonly used: Microdollars;
  readonly limit: Microdollars;
}

/** Profit is realized + unrealized − fees + what came without trading, at the price at which positions could be left. */
export interface MoneyView {
  /** Since midnight and since Monday in New York. */
  readonly day: Microdollars;
  readonly week: Microdollars;
  /** Below the highest capital there was; ≥ 0. */
  readonly drawdown: Microdollars;
  readonly capital: Microdollars;
  readonly paidIn: Microdollars;
  readonly incentives: Microdollars;
  readonly adjustments: Microdollars;
}

/** A limit with what fills it. The parts are left out on an account of very many markets. */
export type LimitBarView = LimitBar & { readonly unit: LimitUnit };

export interface LogLine {
  readonly at: EpochMs;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly text: string;
}

/** One outside source, as the trader last heard it. */
export interface SourceView {
  readonly name: string;
  readonly kind: string;
  /** When it last answered with forecasts. */
  readonly readAt?: EpochMs;
  /** Of the newest data that its forecasts stand on. */
  readonly madeAt?: EpochMs;
  /** Things that it says something of, and those of them that it refuses. */
  readonly forecasts: number;
  readonly refused: number;
  /** What is wrong with it now. */
  readonly problem?: { readonly code: string; readonly reason: string };
}

export interface TraderView {
  readonly at: EpochMs;
  readonly env: string;
  readonly account: string;
  readonly state: 'starting' | 'quoting' | 'paused' | 'halted' | 'stopping' | 'stopped';
  readonly isConnected: boolean;
  /** When anything at all was last heard from the exchange. */
  readonly heardAt?: EpochMs;
  readonly turn: number;
  readonly markets: readonly MarketView[];
  readonly ladder?: LadderView;
  readonly halts: readonly Halt[];
  readonly limits: readonly LimitView[];
  /** How full each limit is (limits.ts), in the unit of its row; absent from traders of before there was such a table. */
  readonly uses?: readonly LimitUse[];
  /** The totals and the fullest of the others, in the order of the screen's page of limits. */
  readonly bars?: readonly LimitBarView[];
  readonly cash: Microdollars;
  /** Absent from traders of before it was shown. */
  readonly money?: MoneyView;
  readonly realized: Microdollars;
  readonly unrealized: Microdollars;
  readonly fees: Microdollars;
  /** Fees charged less fees predicted, of all sessions of this database. */
  readonly feeDrift: Microdollars;
  readonly fills: number;
  readonly restingOrders: number;
  readonly unknownOrders: number;
  /** When the oldest of the unknown ones was sent. */
  readonly unknownSince?: EpochMs;
  /** The last moment at which something of ours may rest if we die now, and the first at which a lease ends. */
  readonly leaseUntil?: EpochMs;
  readonly leaseFrom?: EpochMs;
  /** The next of each kind that the clocks bring, the earliest first. */
  readonly coming?: readonly NextThing[];
  /** Until when production may be traded on; absent elsewhere. */
  readonly armedUntil?: EpochMs;
  /** Whole tokens of the write bucket that account-wide calls are billed to. */
  readonly writeTokens?: number;
  /** Exchange time less ours, as far as it is known. */
  readonly clockOffsetMs?: number;
  /** Absent where none is configured. */
  readonly sources?: readonly SourceView[];
  readonly log: readonly LogLine[];
}

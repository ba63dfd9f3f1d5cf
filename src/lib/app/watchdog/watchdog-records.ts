/** The lines of `kmm watchdog --json`. Times ISO 8601 in UTC. */
import type { KillReport } from '../kill/kill-report.ts';

interface Line {
  readonly schemaVersion: 1;
  readonly env: string;
  readonly at: string;
}

/** It has begun. */
export interface WatchdogStarted extends Line {
  readonly type: 'watchdog';
  readonly host: string;
  readonly keyId: string;
  readonly stallSeconds: number;
  readonly checkSeconds: number;
}

/** One look. */
export interface WatchdogCheck extends Line {
  readonly type: 'watchdog_check';
  /** By the trader's file beside us, or by its orders on the exchange. */
  readonly judge: 'file' | 'exchange';
  /** `nothing_rests`: whoever may be dead has left nothing. `blind`: nothing can be seen from here. */
  readonly state: 'progress' | 'nothing_rests' | 'stalled' | 'blind';
  /** Of the trading loop. */
  readonly turn: number | null;
  readonly stillMs: number | null;
  /** Orders that only a trading loop places, where it was asked. */
  readonly resting: number | null;
  /** Looks in a row that found it dead; at two it acts. */
  readonly strikes: number;
}

/** It has climbed the ladder. */
export interface WatchdogFired extends Line {
  readonly type: 'watchdog_fired';
  readonly reason: string;
  readonly kill: KillReport;
}

export interface WatchdogProblem extends Line {
  readonly type: 'watchdog_problem';
  readonly text: string;
  /** What was wrong has passed. */
  readonly isOver: boolean;
}

export type WatchdogRecord = WatchdogStarted | WatchdogCheck | WatchdogFired | WatchdogProblem;

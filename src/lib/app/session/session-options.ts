/** What a session is plugged into, and what it is told. Types only. */

import type { Environment } from '../../adapters/kalshi/environments.ts';
import type { Arming } from '../../adapters/store/arming.ts';
import type { JournalFile } from '../../adapters/store/journal.ts';
import type { LatchFiles } from '../../adapters/store/latch-files.ts';
import type { EngineConfig } from '../../core/engine.ts';
import type { SeatRules } from '../../core/selection/seats.ts';
import type { SelectionRules } from '../../core/selection/types.ts';
import type { LogLine } from '../../core/view.ts';
import type { Clock, Stream, Wire } from '../../ports.ts';
import type { HonestySettings } from '../config/honesty.ts';
import type { LogFilter } from '../log-filter.ts';
import type { ReferenceFeedsOptions } from '../references/reference-feeds.ts';
import type { NamedSource } from '../sources/source-watch.ts';
import type { ClockSync } from './halts/clock-watch.ts';
import type { SessionTape } from './tape/session-tape.ts';

export interface SessionPorts {
  readonly clock: Clock;
  /** Raw: one call, one attempt. */
  readonly wire: Wire;
  readonly stream: Stream;
  readonly tape: SessionTape;
  readonly journal: JournalFile;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface SessionOptions {
  readonly environment: Environment;
  readonly account: string;
  /** Of the exchange's REST face. */
  readonly address: string;
  /** What our client order ids begin with, in every session of this database: `kmm-<instance>-`. */
  readonly ownPrefix: string;
  /** Where a kill writes what the journal does not take; absent where no other process can be. */
  readonly latchFiles?: LatchFiles;
  readonly engine: EngineConfig;
  /** Production alone has one, and is not traded on without. */
  readonly arming?: Arming;
  /** Market, event or series tickers. */
  readonly markets: readonly string[];
  /** Who outside says what they are worth; absent: nobody. */
  readonly sources?: readonly NamedSource[];
  /** When models are believed. */
  readonly honesty: HonestySettings;
  /** How so many of them are chosen; absent: all are quoted. */
  readonly selection?: { readonly rules: SelectionRules; readonly seats: SeatRules };
  /** Above the age that the exchange's read side may have. */
  readonly readLagMs: number;
  /** Half-width of what is known of exchange time. */
  readonly clockUncertaintyMs: () => number;
  /** Indices that are heard from outside the exchange, and their keys; absent: none, as in virtual time. */
  readonly references?: Pick<ReferenceFeedsOptions, 'settings' | 'readKey' | 'linkTo'>;
  /** Where what was learned of proxies is kept; absent: nowhere. */
  readonly offsets?: string;
  /** The embedded exchange simulates an index: its law prices it where nothing was fitted. */
  readonly isIndexSimulated?: boolean;
  /** Where fitted parameters lie; absent: nowhere. */
  readonly calib?: string;
  /** Where a watchdog looks for the turns of the loop; absent where none can be. */
  readonly progressFile?: string;
  /** What is known of the exchange's clock; absent where its time is ours. */
  readonly clockSync?: ClockSync;
  /** Time of this machine, unix ms. */
  readonly wallNow: () => number;
  /** Exchange time per real time. */
  readonly speed: number;
  readonly onLog: (line: LogLine) => void;
  /** Which lines are said. Default: all but those for debugging. */
  readonly logFilter?: LogFilter;
  /** Where is said what no file takes any more: cancels without a journal, alerts without a queue. */
  readonly lastResort: (text: string) => void;
  /** The session can no longer trade safely: it has closed its gate; stop it. */
  readonly onFatal: (error: Error) => void;
  /** Asked through the database to stop: `stop` is to be called. */
  readonly onStop?: (by: string) => void;
}

/** What supervisor, trader and embedded exchange say to each other over their process channels. Plain JSON. */

import type { EpochMs } from '../../core/units.ts';
import type { LogLine, TraderView } from '../../core/view.ts';
import type { Configuration } from '../config/config.ts';
import type { LogLevel } from '../config/config-schema.ts';
import type { SentLink } from '../exchange/exchange-link.ts';
import type { ExchangeLink } from '../exchange/link.ts';
import type { LoopMark } from '../session/loops.ts';
import type { Summary } from '../session/summary.ts';
import type { SimWorldOptions } from '../sim/sim-world.ts';
import type { InForce } from './reloader.ts';

export type Verb = 'pause' | 'resume' | 'stop' | 'kill';

export type ToTrader =
  | {
      readonly type: 'start';
      readonly configuration: Configuration;
      readonly link: SentLink;
      /** Path of the control socket. */
      readonly control: string;
      /** Exchange seconds after which it stops by itself. */
      readonly forSeconds?: number;
      /** Exchange time at which it stops, as an earlier life has set it; wins over `forSeconds`. */
      readonly stopAt?: EpochMs;
      readonly logLevel: LogLevel;
    }
  | { readonly type: 'verb'; readonly verb: Verb; readonly by: string }
  | { readonly type: 'select'; readonly ticker: string }
  | { readonly type: 'log_level'; readonly level: LogLevel };

/** An error as a value: it was made in another process. */
export interface SentError {
  readonly code: string;
  readonly message: string;
}

export type FromTrader =
  | { readonly type: 'started'; readonly stopAt?: EpochMs }
  | { readonly type: 'view'; readonly view: TraderView }
  /** Once a second: how far it is. */
  | { readonly type: 'progress'; readonly turn: number; readonly loops: readonly LoopMark[] }
  | { readonly type: 'log'; readonly line: LogLine }
  /** Asked of it: the others are to have the same. */
  | { readonly type: 'log_level'; readonly level: LogLevel; readonly by: string }
  /** By the operator's word: the next life of the trader begins with this. */
  | { readonly type: 'reloaded'; readonly inForce: InForce }
  /** Its own numbers in the text format of Prometheus. */
  | { readonly type: 'metrics'; readonly text: string }
  /** Asked by the operator, past the supervisor: it is not to be started again. */
  | { readonly type: 'stopping'; readonly by: string }
  | { readonly type: 'ended'; readonly summary: Summary }
  /** It could not start, or can no longer trade; its orders are cancelled as far as it could. */
  | { readonly type: 'failed'; readonly error: SentError; readonly isFinal: boolean };

/** `end`: nobody needs it any more. A channel that breaks without it leaves a trader time to cancel. */
export type ToExchange =
  | ExchangeStart
  | { readonly type: 'log_level'; readonly level: LogLevel }
  | { readonly type: 'end' };

export interface ExchangeStart {
  readonly type: 'start';
  readonly world: SimWorldOptions;
  readonly port: number;
  readonly speed: number;
  readonly keyKind: 'rsa' | 'ed25519';
  readonly keyDirectory: string;
  /** Default: info. */
  readonly logLevel?: LogLevel;
}

export type FromExchange =
  | {
      readonly type: 'listening';
      readonly link: ExchangeLink;
      readonly notes: readonly string[];
      /** Series of a recording. */
      readonly series?: readonly string[];
    }
  | { readonly type: 'failed'; readonly error: SentError }
  | { readonly type: 'log'; readonly line: LogLine }
  /** A recording has been played to its end and its markets are settled. */
  | { readonly type: 'over' };

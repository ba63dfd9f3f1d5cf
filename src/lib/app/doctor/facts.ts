/** What the doctor looks at, gathered beforehand: checks are pure over it, so that any state of a machine can be composed. */

import type { ExchangeStatus } from '../../adapters/kalshi/account-schema.ts';
import type { SeriesFeeChange } from '../../adapters/kalshi/catalogue-schema.ts';
import type { EndpointCosts } from '../../adapters/kalshi/endpoint-costs.ts';
import type { AccountLimits } from '../../adapters/kalshi/rate-limit.ts';
import type { Balance } from '../../adapters/kalshi/rest.ts';
import type { ApiKeys } from '../../adapters/kalshi/rest-api-keys.ts';
import type { ExchangeSchedule } from '../../adapters/kalshi/schedule-schema.ts';
import type { DatabaseState } from '../../adapters/store/database.ts';
import type { OpenOrder } from '../../adapters/store/journal-queries.ts';
import type { Latch } from '../../adapters/store/latches.ts';
import type { FeesRestored } from '../../core/events.ts';
import type { Parameters } from '../../core/parameters.ts';
import type { EpochMs } from '../../core/units.ts';
import type { EnvironmentName } from '../config/home.ts';
import type { ErrorCode } from '../errors/errors.ts';
import type { ClockReport } from '../keys/findings.ts';

/** `isKnown: false`: it could not be asked, and why. */
export type Fact<Value> =
  | { readonly isKnown: true; readonly value: Value }
  | { readonly isKnown: false; readonly reason: string };

/** Something that kmm itself would refuse with, in its own words. */
export interface Trouble {
  readonly code: ErrorCode;
  readonly what: string;
  readonly next: readonly string[];
}

export interface MachineFacts {
  /** "v24.1.0". */
  readonly node: string;
  readonly home: string;
  /** Directories of the home that are there, with their permission bits. */
  readonly directories: readonly { readonly path: string; readonly mode: number }[];
  readonly disk: Fact<{ readonly freeBytes: number; readonly totalBytes: number }>;
  readonly tapes: Fact<{ readonly files: number; readonly bytes: number }>;
  /** `stale`: the file is there and its process is not. */
  readonly lock: 'none' | 'stale' | { readonly pid: number; readonly since: EpochMs };
  /** Who may vouch for the exchange besides those whom Node ships with, in words. */
  readonly addedTrust?: string;
  /** Halts in files beside the database. */
  readonly latches: readonly Latch[];
}

export interface ConfigFacts {
  /** Undefined: it is in order. */
  readonly trouble?: Trouble;
  readonly parameters?: Parameters;
  /** Files that say how to quote, with their ages in ms; none: the built-in preset. */
  readonly files: readonly { readonly path: string; readonly ageMs: number }[];
  readonly names: readonly string[];
}

export interface AlertFacts {
  /** The table is wrong. */
  readonly trouble?: Trouble;
  readonly channels: readonly {
    /** `ping` as well. */
    readonly name: string;
    /** Its file cannot be used. */
    readonly trouble?: Trouble;
    /** A connection was made, and nothing sent; a reason where none was. Absent: nobody tried. */
    readonly reached?: 'reached' | { readonly reason: string };
  }[];
  /** Alerts that were given up on some channel. */
  readonly parked: number;
}

export interface KeyFacts {
  readonly keyId: string;
  readonly file: string;
  /** `kept`: by kmm; `lent`: by the service manager; `file`: one of the user's; `own`: of an embedded exchange. */
  readonly keeper: 'kept' | 'lent' | 'file' | 'own';
  readonly isEncrypted: boolean;
  /** What opens it without a person; absent for an encrypted key: nothing does. */
  readonly openedBy?: 'nothing needed' | 'a file' | 'a credential';
  /** It cannot be signed with. */
  readonly trouble?: Trouble;
}

export interface JournalFacts extends DatabaseState {
  /** Why it does not open, or does not verify. */
  readonly trouble?: Trouble;
  /** Turns whose chain was recomputed. */
  readonly turnsVerified: number;
  readonly latches: readonly Latch[];
  readonly openOrders: readonly OpenOrder[];
  /** Fees charged against fees predicted, of the account of the last session; absent: there was none, or it is not kept yet. */
  readonly fees?: FeesRestored;
}

/** Where kmm would quote. */
export interface PlannedMarket {
  readonly ticker: string;
  readonly series: string;
  readonly shard: number;
}

export interface ExchangeFacts {
  readonly name: string;
  readonly host: string;
  /** That was asked with. */
  readonly keyId: string;
  /** That every call was about; absent: the key's own. */
  readonly subaccount?: number | undefined;
  readonly now: EpochMs;
  readonly clock: Fact<ClockReport>;
  readonly status: Fact<ExchangeStatus>;
  readonly schedule: Fact<ExchangeSchedule>;
  /** Undefined value: the key is not told. */
  readonly limits: Fact<AccountLimits | undefined>;
  readonly costs: Fact<EndpointCosts>;
  readonly keys: Fact<ApiKeys>;
  readonly balance: Fact<Balance>;
  readonly markets: Fact<readonly PlannedMarket[]>;
  readonly feeChanges: Fact<readonly SeriesFeeChange[]>;
}

export interface DoctorFacts {
  readonly env: EnvironmentName;
  readonly machine: MachineFacts;
  readonly config: ConfigFacts;
  /** Undefined: none is configured or stored. */
  readonly key: Fact<KeyFacts>;
  /** What the five places say; a trouble where they differ. */
  readonly stamps: Trouble | 'agree';
  /** Undefined: there is no database yet. */
  readonly journal: JournalFacts | undefined;
  readonly alerts: AlertFacts;
  /** Why it could not be asked at all; `skipped`: nobody wanted to. */
  readonly exchange: Fact<ExchangeFacts> | 'skipped';
}

export interface DoctorLine {
  readonly check: string;
  readonly level: 'good' | 'doubtful' | 'bad';
  readonly text: string;
  /** What mends it: commands first. */
  readonly next?: readonly string[];
}

export function good(check: string, text: string): DoctorLine {
  return { check, level: 'good', text };
}

export function doubtful(check: string, text: string, ...next: string[]): DoctorLine {
  return { check, level: 'doubtful', text, ...(next.length > 0 && { next }) };
}

export function bad(check: string, text: string, ...next: string[]): DoctorLine {
  return { check, level: 'bad', text, ...(next.length > 0 && { next }) };
}

export function badTrouble(check: string, { code, what, next }: Trouble): DoctorLine {
  return bad(check, `${code}: ${what}`, ...next);
}

/** The lines of a fact that is known; else one that says why it is not. */
export function linesOf<Value>(
  check: string,
  fact: Fact<Value>,
  lines: (value: Value) => readonly DoctorLine[],
): readonly DoctorLine[] {
  return fact.isKnown ? lines(fact.value) : [doubtful(check, `could not be asked: ${fact.reason}`)];
}

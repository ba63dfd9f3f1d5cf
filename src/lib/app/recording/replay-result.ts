/** What a replay found, as plain data: whether tape and code agree, and if not where, and which of the two has changed. */
import type { Intent } from '../../core/intents.ts';
import type { Parameters } from '../../core/parameters.ts';
import type { EpochMs } from '../../core/units.ts';
import type { DecisionRecord } from '../why/decision-record.ts';
import type { FieldDifference } from './intent-difference.ts';
import type { WitnessReport } from './journal-witness.ts';
import type { MarketAt } from './replay-state.ts';
import type { TapeDamage } from './tape-damage.ts';

/**
 * `differs`: this code asks for something else. `tape_changed`: the tape is not what the session wrote. `cut`: all of it agrees,
 * and its end is missing though nothing says that the session died. `unproved`: records were lost, so nothing is proved past them.
 */
export type Verdict = 'same' | 'differs' | 'tape_changed' | 'cut' | 'unproved' | 'nothing_to_compare';

/**
 * How the tape ends: the session `ended`; `running`, `died`, or `open` (one of the two, nobody knows which); `cut`: by nobody knows
 * what; `until`: the replay stopped where it was told to.
 */
export type Ending = 'ended' | 'running' | 'died' | 'open' | 'cut' | 'until' | 'recording';

export interface TurnMoment {
  /** 0: before the first. */
  readonly turn: number;
  readonly at: EpochMs;
}

export interface ReplayResult {
  readonly type: 'replay';
  readonly schemaVersion: 1;
  readonly tape: string;
  readonly frames: number;
  readonly turns: number;
  readonly intents: number;
  readonly intentsHash: string;
  /** Null where nothing can be compared, or records are lost. */
  readonly matches: boolean | null;
  readonly verdict: Verdict;
  readonly firstDifference: Difference | null;
  /** The rolling hash of intents agreed up to the first of these turns, and no longer at the second; null: the session's end. */
  readonly hashDifference: { readonly fromTurn: number; readonly untilTurn: number | null } | null;
  readonly damage: readonly TapeDamage[];
  /** The tape has digests of itself; older ones have none. */
  readonly isChecked: boolean;
  /** Records that are missing or cannot be read. */
  readonly lost: number;
  /** The last turn before the first of them: past it nothing is proved. */
  readonly lostFrom: TurnMoment | null;
  /** Null for an imported recording. */
  readonly session: RecordedSession | null;
  /** The last turn that was played. */
  readonly last: TurnMoment | null;
  readonly ending: Ending;
  /** The engine broke, then as now, and this is what it said. */
  readonly broke: string | null;
  readonly parametersChanged: readonly ParametersChange[];
  /** What the session's journal says of the same intents; null: it is not at hand. */
  readonly journal: WitnessReport | null;
}

export interface RecordedSession {
  readonly env: string;
  readonly account: string;
  readonly number: number | null;
  readonly startedAt: EpochMs;
  /** Version of kmm that wrote it, and of Node; null: not noted. */
  readonly code: string;
  readonly node: string | null;
  /** With which it began. */
  readonly parameters: Parameters;
}

/** The operator changed them while it ran. */
export interface ParametersChange extends TurnMoment {
  readonly by: string;
  readonly changes: readonly LeafChange[];
}

/** A value within the parameters, in the engine's own units. */
export interface LeafChange {
  readonly path: string;
  readonly from: unknown;
  readonly to: unknown;
}

export interface Difference extends TurnMoment {
  readonly ticker: string | null;
  /** What the tape says was asked for, and what this code asks for; null where one has nothing. */
  readonly recorded: string | null;
  readonly replayed: string | null;
  readonly recordedIntent: Intent | null;
  readonly replayedIntent: Intent | null;
  readonly fields: readonly FieldDifference[];
  /** The market as the replay had it before this turn; null where the difference is in no market. */
  readonly before: MarketAt | null;
  /** What was decided: by this code, and by the session as its journal has it (null: not at hand). */
  readonly decision: DecisionRecord | null;
  readonly decisionThen: DecisionRecord | null;
}

export type Until = { readonly turn: number } | { readonly at: EpochMs };

/** @param turn of a record that is a turn */
export function isBeyond(until: Until | undefined, at: EpochMs, turn: number | undefined): boolean {
  if (until === undefined) return false;
  return 'turn' in until ? turn !== undefined && turn > until.turn : at > until.at;
}

/** Every value that differs, by its path. */
export function leafChanges(from: unknown, to: unknown, path = ''): readonly LeafChange[] {
  if (isTable(from) && isTable(to)) {
    return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((name) =>
      leafChanges(from[name], to[name], path === '' ? name : `${path}.${name}`),
    );
  }
  return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ path, from: from ?? null, to: to ?? null }];
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

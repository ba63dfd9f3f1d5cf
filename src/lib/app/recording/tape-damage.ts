/**
 * Is the tape what the session wrote? Its digests are made again, interval by interval; one that does not agree is named by
 * the turns and times it lies between, with what in it looks wrong: a frame that is missing, a turn that is gone.
 */
import type { TapeRecord } from '../../adapters/store/tape-reader.ts';
import type { EpochMs } from '../../core/units.ts';
import type { TapeCheck, TurnRecord } from '../session/tape/session-tape.ts';
import { TapeDigest } from '../session/tape/tape-digest.ts';

/** Something between two digests is not what was written. Turn 0: before the first turn. */
export interface TapeDamage {
  readonly fromTurn: number;
  /** Null: the end of the session, which is no turn. */
  readonly untilTurn: number | null;
  readonly from: EpochMs;
  readonly until: EpochMs;
  /** What looks wrong there, in words; may be nothing at all where a value was changed. */
  readonly clues: readonly string[];
}

interface Moment {
  readonly turn: number;
  readonly at: EpochMs;
}

export class TapeDamageFinder {
  readonly damage: TapeDamage[] = [];
  /** The tape has digests: older ones have none. */
  hasChecks = false;
  readonly #digest = new TapeDigest();
  #before: readonly TapeRecord[] = [];
  #interval: TapeRecord[] = [];
  #from: Moment | undefined;
  #isHoled = false;

  /** @param check the one that the record holds */
  take(record: TapeRecord, turn: number | undefined, check: TapeCheck | undefined): void {
    const { kind, at, conn, data } = record;
    this.#from ??= { turn: 0, at };
    if (kind === 'lost') {
      // What is missing there was covered: the interval proves nothing.
      this.#isHoled = true;
      return;
    }
    if (check !== undefined) this.#close(check, { turn: turn ?? Number.NaN, at });
    this.#digest.add(kind, at, conn, data);
    this.#interval.push(record);
  }

  #close({ records }: TapeCheck, now: Moment): void {
    this.hasChecks = true;
    const isSame = this.#digest.take() === records;
    if (!isSame && !this.#isHoled) {
      const from = this.#from ?? now;
      const clues = cluesIn(this.#before, this.#interval, now.turn);
      const untilTurn = Number.isNaN(now.turn) ? null : now.turn;
      this.damage.push({ fromTurn: from.turn, untilTurn, from: from.at, until: now.at, clues });
    }
    // Each interval is judged by itself: what follows damage may be sound.
    this.#digest.begin(records);
    this.#before = this.#interval;
    this.#interval = [];
    this.#from = now;
    this.#isHoled = false;
  }
}

/** Of more, the first tell the rest. */
const CLUES_MAX = 5;

function cluesIn(before: readonly TapeRecord[], interval: readonly TapeRecord[], untilTurn: number): readonly string[] {
  const clues: string[] = [];
  const sequences = new Map<string, number>();
  let turn: number | undefined;
  let counter: number | undefined;
  const look = (record: TapeRecord, say: (clue: string) => void) => {
    if (record.kind === 'frame') sequenceClue(record, sequences, say);
    if (record.kind !== 'turn') return;
    const { turn: next, intents = [] } = JSON.parse(record.data.toString()) as TurnRecord;
    if (turn !== undefined && next !== turn + 1) say(turnClue(turn, next));
    turn = next;
    const first = Math.min(...intents.map((intent) => intent.counter));
    if (counter !== undefined && first !== Number.POSITIVE_INFINITY && first !== counter + 1)
      say(`in turn ${next}, intent ${first} follows intent ${counter}`);
    if (intents.length > 0) counter = Math.max(...intents.map((intent) => intent.counter));
  };
  for (const record of before) look(record, () => {});
  for (const record of interval) look(record, (clue) => clues.push(clue));
  if (turn !== undefined && untilTurn > turn + 1) clues.push(turnClue(turn, untilTurn));
  return clues.slice(0, CLUES_MAX);
}

function turnClue(before: number, next: number): string {
  return next === before + 2 ? `turn ${before + 1} is missing` : `turn ${next} follows turn ${before}`;
}

/** The exchange numbers the frames of a subscription without a hole. */
function sequenceClue(
  { conn, data, at }: TapeRecord,
  sequences: Map<string, number>,
  say: (clue: string) => void,
): void {
  const text = data.toString();
  const sid = /"sid":(\d+)/.exec(text)?.[1];
  const seq = Number(/"seq":(\d+)/.exec(text)?.[1] ?? Number.NaN);
  if (sid === undefined || Number.isNaN(seq)) return;
  const key = `${conn} ${sid}`;
  const last = sequences.get(key);
  sequences.set(key, seq);
  if (last === undefined || seq === last + 1) return;
  const where = `connection ${conn}, subscription ${sid}, ${new Date(at).toISOString()}`;
  if (seq === last + 2) say(`the frame of sequence ${last + 1} is missing (${where})`);
  else say(`sequence ${seq} follows sequence ${last} (${where})`);
}

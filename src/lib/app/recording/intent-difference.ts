/** Where the intents of a turn, as they were recorded and as they are derived now, first part: which intent, which fields. */
import type { Intent } from '../../core/intents.ts';

export interface FieldDifference {
  readonly field: string;
  /** Null: not said. */
  readonly recorded: string | number | null;
  readonly replayed: string | number | null;
}

export interface IntentDifference {
  /** Null where one side has nothing at this place. */
  readonly recorded: Intent | null;
  readonly replayed: Intent | null;
  /** Empty where one side has nothing. */
  readonly fields: readonly FieldDifference[];
}

/** Undefined: they are the same, field by field and in the same order. */
export function firstDifferenceOf(
  recorded: readonly Intent[],
  replayed: readonly Intent[],
): IntentDifference | undefined {
  const length = Math.max(recorded.length, replayed.length);
  for (let n = 0; n < length; n += 1) {
    const [theirs, ours] = [recorded[n], replayed[n]];
    const fields = fieldsThatDiffer(theirs, ours);
    if (fields.length === 0) continue;
    if (theirs === undefined || ours === undefined)
      return { recorded: theirs ?? null, replayed: ours ?? null, fields: [] };
    if (isAboutSame(theirs, ours)) return { recorded: theirs, replayed: ours, fields };
    // One of them is a further one: what it pushed aside comes later in the other list.
    const isMissing = !replayed.slice(n).some((one) => isAboutSame(one, theirs));
    return isMissing
      ? { recorded: theirs, replayed: null, fields: [] }
      : { recorded: null, replayed: ours, fields: [] };
  }
  return undefined;
}

/** The same side of the same market: then it is what is asked there that differs. */
function isAboutSame(a: Intent, b: Intent): boolean {
  return a.ticker === b.ticker && a.side === b.side;
}

function fieldsThatDiffer(recorded: Intent | undefined, replayed: Intent | undefined): readonly FieldDifference[] {
  const [theirs, ours] = [fieldsOf(recorded), fieldsOf(replayed)];
  return [...new Set([...Object.keys(theirs), ...Object.keys(ours)])].flatMap((field) => {
    const [was, is] = [theirs[field] ?? null, ours[field] ?? null];
    return was === is ? [] : [{ field, recorded: was, replayed: is }];
  });
}

/** An intent is flat: texts and numbers. */
function fieldsOf(intent: Intent | undefined): Readonly<Record<string, string | number | undefined>> {
  return (intent ?? {}) as Readonly<Record<string, string | number | undefined>>;
}

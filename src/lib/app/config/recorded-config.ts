/** The configuration that a session's tape keeps: every key that makes the engine's parameters, and no file, key or address. */
import { isSameValue } from './reload-rules.ts';

export interface RecordedEntry {
  readonly key: string;
  readonly value: unknown;
}

/** A key whose value was another one. Null: it was not said. */
export interface ConfigChange {
  readonly key: string;
  readonly recorded: unknown;
  readonly now: unknown;
}

/** Tables of the machine and of people, which decide no quote. */
const OTHERS: ReadonlySet<string> = new Set([
  ...['schema', 'metrics', 'log', 'watchdog', 'alerts', 'sim', 'demo', 'prod'],
]);

export function recordedConfig(entries: readonly RecordedEntry[]): string {
  return JSON.stringify(decisive(entries).map(({ key, value }) => [key, value]));
}

/** Undefined: a tape from before there was any, or one whose text is none. */
export function readRecordedConfig(text: string | undefined): readonly RecordedEntry[] | undefined {
  if (text === undefined) return undefined;
  try {
    return (JSON.parse(text) as [string, unknown][]).map(([key, value]) => ({ key, value }));
  } catch {
    return undefined;
  }
}

export function configChanges(
  recorded: readonly RecordedEntry[],
  now: readonly RecordedEntry[],
): readonly ConfigChange[] {
  const [was, is] = [valuesOf(recorded), valuesOf(now)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key) => {
    const change = { key, recorded: was.get(key) ?? null, now: is.get(key) ?? null };
    return isSameValue(change.recorded, change.now) ? [] : [change];
  });
}

function valuesOf(entries: readonly RecordedEntry[]): ReadonlyMap<string, unknown> {
  return new Map(decisive(entries).map(({ key, value }) => [key, value]));
}

function decisive(entries: readonly RecordedEntry[]): readonly RecordedEntry[] {
  return entries.filter(({ key }) => !OTHERS.has(key.split('.')[0] ?? ''));
}

/**
 * What a session has learned of how far spot exchanges lie off an index, kept in `<home>/<env>/reference/<index>.offset.json` for
 * the next one. It is of these sources and of their time: of others it says nothing, and what six hours have not confirmed is
 * refused as a running session forgets it.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { LATELY_MS, type Learned } from '../../core/fair-value/proxy-basis.ts';
import type { EpochMs } from '../../core/units.ts';
import { isOfLevel, type ReferenceSettings } from './settings.ts';

const SCHEMA = 'kmm-offset/1';
/** Clocks of two machines. */
const AHEAD_MS_MAX = 60_000;
const HOUR_MS = 3_600_000;

const time = z.int().min(0);
const kept = z.strictObject({
  schema: z.literal(SCHEMA),
  index: z.string(),
  sources: z.array(z.string()),
  newest: z
    .array(z.strictObject({ difference: z.number(), at: time }))
    .min(1)
    .max(4),
  squares: z.number().min(0),
  seen: z.int().min(1),
});

/** An index that something else stands for. */
export interface ProxyIndex {
  readonly index: string;
  /** In the order of their names. */
  readonly sources: readonly string[];
}

export type KeptOffset =
  | { readonly kind: 'learned'; readonly learned: Learned; readonly text: string }
  /** Nothing was kept. */
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly text: string };

export function proxiesIn({ indices }: ReferenceSettings): readonly ProxyIndex[] {
  return indices
    .filter((one) => !isOfLevel(one))
    .map(({ index, symbols }) => ({ index, sources: Object.keys(symbols).sort() }));
}

/** What may be taken over at `at`. */
export function keptOffset(directory: string, { index, sources }: ProxyIndex, at: EpochMs): KeptOffset {
  const path = pathOf(directory, index);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return isMissing ? { kind: 'none' } : refusedFor(index, `${path} cannot be read`);
  }
  const parsed = kept.safeParse(jsonOf(text));
  if (!parsed.success || parsed.data.index !== index) return refusedFor(index, `${path} is damaged`);
  const { newest, squares, seen } = parsed.data;
  if (parsed.data.sources.join() !== sources.join()) {
    return refusedFor(index, `it is of ${parsed.data.sources.join(', ')}, and ${sources.join(', ')} is heard`);
  }
  const age = at - Math.max(...newest.map((one) => one.at));
  const hours = (age / HOUR_MS).toFixed(1);
  if (age > LATELY_MS) return refusedFor(index, `its newest strike was ${hours} h ago`);
  if (age < -AHEAD_MS_MAX) return refusedFor(index, 'its newest strike is still to come');
  const mean = newest.reduce((sum, { difference }) => sum + difference, 0) / newest.length;
  const offset = `${mean < 0 ? '−' : '+'}${Math.abs(mean).toFixed(2)} $`;
  return {
    kind: 'learned',
    learned: { newest, squares, seen },
    text: `${index} lies ${offset} off ${sources.join(', ')}: kept from an earlier run, its newest strike ${hours} h ago`,
  };
}

/** Whole or not at all. Throws what the disk says. */
export function keepOffset(directory: string, { index, sources }: ProxyIndex, learned: Learned): void {
  const path = pathOf(directory, index);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.part`, `${JSON.stringify({ schema: SCHEMA, index, sources, ...learned })}\n`);
  renameSync(`${path}.part`, path);
}

function pathOf(directory: string, index: string): string {
  return join(directory, `${index}.offset.json`);
}

function refusedFor(index: string, why: string): KeptOffset {
  return { kind: 'refused', text: `how far ${index} lies off its sources is learned anew: ${why}` };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How a configuration that is read again differs from the one in force, in three groups. */
import { createHash } from 'node:crypto';
import { type ConfigurationEntry, originText } from './config.ts';
import { groupOf, isSameValue, type ReloadGroup } from './reload-rules.ts';

export interface ReloadChange {
  readonly key: string;
  /** As they were written; null: not said. */
  readonly from: unknown;
  readonly to: unknown;
  /** Where the new value is said, as file:line:column; null: nowhere any more. */
  readonly origin: string | null;
}

export interface ReloadDiff extends Readonly<Record<ReloadGroup, readonly ReloadChange[]>> {
  /** Of the riskier ones: what was confirmed is what is applied, or nothing is. */
  readonly digest: string;
}

export function reloadDiff(inForce: readonly ConfigurationEntry[], read: readonly ConfigurationEntry[]): ReloadDiff {
  const before = new Map(inForce.map((entry) => [entry.key, entry]));
  const after = new Map(read.map((entry) => [entry.key, entry]));
  const groups: Record<ReloadGroup, ReloadChange[]> = { safer: [], riskier: [], restart: [] };
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [from, to] = [before.get(key), after.get(key)];
    if (isSameValue(from?.value, to?.value)) continue;
    const origin = to === undefined ? null : originText(to.origin);
    const change = { key, from: from?.value ?? null, to: to?.value ?? null, origin };
    groups[groupOf(key, from?.value, to?.value)].push(change);
  }
  const risky = groups.riskier.map(({ key, from, to }) => [key, from, to]);
  return { ...groups, digest: createHash('sha256').update(JSON.stringify(risky)).digest('hex').slice(0, 16) };
}

/** The same entries with these changes made. */
export function withChanges(
  inForce: readonly ConfigurationEntry[],
  read: readonly ConfigurationEntry[],
  changes: readonly ReloadChange[],
): readonly ConfigurationEntry[] {
  const changed = new Set(changes.map(({ key }) => key));
  const added = read.filter(({ key }) => changed.has(key));
  return [...inForce.filter(({ key }) => !changed.has(key)), ...added];
}

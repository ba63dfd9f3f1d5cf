/**
 * Which orders are ours: those of this instance of kmm, by the prefix of their client order ids. The instance is drawn once
 * per data directory and kept in its journal. Where that cannot be read, any kmm's are taken for ours, and that is said:
 * to leave ours behind would be worse.
 */
import { existsSync } from 'node:fs';
import { type JournalFile, openJournal } from '../adapters/store/journal.ts';
import { StoreProblem } from '../adapters/store/problem.ts';
import type { Access } from './config/access.ts';

/** Of any kmm: where this machine does not know its own instance. */
export const ANY_KMM = 'kmm-';

export function ownPrefixIn({ instance }: Pick<JournalFile, 'instance'>): string {
  return `${ANY_KMM}${instance}-`;
}

export interface OwnPrefix {
  readonly prefix: string;
  /** Why it is every kmm's, for people. */
  readonly problem?: string;
}

export function ownPrefixOf({ env, home }: Pick<Access, 'env' | 'home'>): OwnPrefix {
  const anyBecause = (why: string) => ({
    prefix: ANY_KMM,
    problem: `${why}: the orders of any kmm are taken for ours`,
  });
  if (!existsSync(home.database)) return anyBecause(`there is no database in ${home.directory}`);
  const journal = openJournal({ path: home.database, env, access: 'guest' });
  if (journal instanceof StoreProblem) return anyBecause(journal.message);
  try {
    return { prefix: ownPrefixIn(journal) };
  } catch (error) {
    return anyBecause(`the database cannot be read (${error instanceof Error ? error.message : error})`);
  } finally {
    journal.close();
  }
}

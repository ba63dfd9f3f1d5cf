/**
 * The order groups of our sessions, so that what a crash leaves behind is known to be ours: a group has no name of its own
 * at the exchange. A row that cannot be written stops nothing, since an empty group that is forgotten does no harm.
 */
import type Database from 'better-sqlite3';
import type { Centicontracts, EpochMs } from '../../core/units.ts';
import { reasonOf, StoreProblem } from './problem.ts';

export interface OrderGroupRow {
  readonly account: string;
  readonly groupId: string;
  readonly shard: number;
}

const INSERT = `
  INSERT INTO order_groups (account, group_id, session, shard, contracts_limit, made_at)
  VALUES (@account, @groupId, (SELECT max(session) FROM sessions), @shard, @limit, @at) ON CONFLICT DO NOTHING`;
const END = 'UPDATE order_groups SET ended_at = ? WHERE account = ? AND group_id = ?';
const LEFT = `
  SELECT account, group_id AS groupId, shard FROM order_groups
  WHERE account = coalesce(?, account) AND ended_at IS NULL ORDER BY made_at, group_id`;

export class OrderGroupRows {
  readonly #database: Database.Database;

  constructor(database: Database.Database) {
    this.#database = database;
  }

  /** `limit`: per rolling 15 s. Call within a session. Problem: KMM_JOURNAL. */
  made(group: OrderGroupRow & { readonly limit: Centicontracts }, at: EpochMs): StoreProblem | undefined {
    return this.#write(() => this.#database.prepare(INSERT).run({ ...group, at }));
  }

  /** It is deleted, or the exchange knows it no more. Problem: KMM_JOURNAL. */
  ended({ account, groupId }: OrderGroupRow, at: EpochMs): StoreProblem | undefined {
    return this.#write(() => this.#database.prepare(END).run(at, account, groupId));
  }

  /** Oldest first. `account` absent: of every account. */
  left(account?: string): OrderGroupRow[] {
    return this.#database.prepare<[string | null], OrderGroupRow>(LEFT).all(account ?? null);
  }

  #write(write: () => void): StoreProblem | undefined {
    try {
      write();
      return undefined;
    } catch (error) {
      return new StoreProblem('KMM_JOURNAL', `order groups cannot be written to the journal: ${reasonOf(error)}`);
    }
  }
}

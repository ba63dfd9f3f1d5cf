/** Journals in temporary folders, and what to write into them. */
import { join } from 'node:path';
import {
  type BegunSession,
  type JournalFile,
  openJournal,
  type SessionStart,
} from '../../src/lib/adapters/store/journal.ts';
import { StoreProblem } from '../../src/lib/adapters/store/problem.ts';
import type { FillSeen } from '../../src/lib/core/events.ts';
import type { AmendIntent, CancelIntent, CreateIntent, Intent, RestingCreate } from '../../src/lib/core/intents.ts';
import type { Halt } from '../../src/lib/core/risk/halts.ts';
import { centicents, centicontracts, epochMs, microdollars } from '../../src/lib/core/units.ts';
import { tempDir } from './temp-dir.ts';

export const T0 = epochMs(1_778_477_863_278);
export const START: SessionStart = {
  account: 'world-7',
  version: '0.1.0+abc',
  configHash: 'c0ffee',
  startedAt: T0,
  restUrl: 'http://127.0.0.1:4010/trade-api/v2',
  wsUrl: 'ws://127.0.0.1:4010/trade-api/ws/v2',
  keyId: 'key-1',
  keyFile: '/tmp/key.pem',
  tapeOf: (session) => `/tmp/${session}.tape`,
};
export const KILLED: Halt = { name: 'KILLED', scope: '*', since: T0, reason: 'by hand' };

export function openedJournal(path: string, access: 'owner' | 'guest' = 'owner'): JournalFile {
  const journal = openJournal({ path, env: 'sim', access });
  if (journal instanceof StoreProblem) throw new Error(journal.message);
  return journal;
}

export function begun(path: string): { journal: JournalFile; session: BegunSession } {
  const journal = openedJournal(path);
  return { journal, session: journal.beginSession(START) };
}

export function databasePath(): string {
  return join(tempDir(), 'kmm.db');
}

export function create(counter: number, more: Partial<RestingCreate> = {}): RestingCreate {
  return {
    kind: 'create',
    counter,
    ticker: 'KXBTC15M-26MAY110145-45',
    shard: 2,
    clientOrderId: `kmm-a1b2c3-1-cara-${counter}`,
    side: 'bid',
    price: centicents(4_500),
    size: centicontracts(1_000),
    expiresAt: epochMs(T0 + 180_000),
    ...more,
  };
}

export function amend(of: CreateIntent, counter: number, expiresAt: number): AmendIntent {
  return {
    ...of,
    kind: 'amend',
    counter,
    orderId: `o-${of.counter}`,
    filled: centicontracts(0),
    expiresAt: epochMs(expiresAt),
  };
}

export function cancel(of: CreateIntent, counter: number): CancelIntent {
  const { expiresAt: _, ...rest } = of;
  return { ...rest, kind: 'cancel', counter, orderId: `o-${of.counter}` };
}

export function commit(journal: JournalFile, turn: number, ...intents: Intent[]): void {
  journal.commitTurn({ turn, at: epochMs(T0 + turn), intents });
}

export function problemCode(result: object | undefined): string {
  return result instanceof StoreProblem ? result.code : 'none';
}

export const FILL: FillSeen = {
  type: 'fill',
  at: T0,
  tradeId: 't-1',
  orderId: 'o-1',
  ticker: 'KXBTC15M-26MAY110145-45',
  side: 'ask',
  price: centicents(5_510),
  size: centicontracts(250),
  isTaker: false,
  fee: microdollars(10_000),
};

/** The start of a child's code: a journal with a session, an intent to vary, and how to commit the n-th turn of one. */
export function committingCode(path: string): string {
  return `
    import { openJournal } from 'src/lib/adapters/store/journal.ts';
    const journal = openJournal({ path: ${JSON.stringify(path)}, env: 'sim' });
    journal.beginSession({ ...${JSON.stringify(START)}, tapeOf: () => '' });
    const intent = ${JSON.stringify(create(1))};
    const commit = (turn) =>
      journal.commitTurn({ turn, at: ${T0}, intents: [{ ...intent, counter: turn, clientOrderId: 'kmm-' + turn }] });`;
}

/**
 * The N-th append, the N-th sync and the N-th send fail, for N = 1, 2, 3, … until a run passes untouched (reliability.md 7).
 * The disk is that of the machine's memory: the points are counted in kmm, not in the file system.
 */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { standingHalt } from '../../../src/lib/app/run/standing-halt.ts';
import type { Wire, WireRequest } from '../../../src/lib/ports.ts';
import { Scene } from '../../support/virtual-session.ts';

/** Enough for orders to be placed and, at the disk, for the first of them to be moved. */
const SECONDS = { disk: 4, link: 2 };
/** After every so many points the next start is tried as well: it costs as much as the point. */
const RESTARTED = 4;
const HERE = Database.prototype.transaction;

afterEach(() => {
  Database.prototype.transaction = HERE;
  vi.unstubAllEnvs();
});

const TRIGGERED = /^not journaled: trigger of order group \S+, with all that rests in it: accepted$/;

/** From here on transactions are counted, and the `failing`-th fails: `append`, nothing of it is kept; `sync`, it may be. */
function countTransactions(failing: number, kind: 'append' | 'sync'): { seen: number; hasFailed: boolean } {
  const state = { seen: 0, hasFailed: false };
  Database.prototype.transaction = function (this: Database.Database, work: (...args: unknown[]) => unknown) {
    const made = HERE.call(this, (...args: unknown[]) => {
      const result = work(...args);
      if (kind === 'append' && state.hasFailed) throw full();
      return result;
    });
    const immediate = (...args: unknown[]) => {
      state.seen += 1;
      // A disk that is full stays full.
      if (state.seen >= failing) state.hasFailed = true;
      const result = made.immediate(...args);
      if (state.hasFailed) throw full();
      return result;
    };
    return Object.assign((...args: unknown[]) => made(...args), made, { immediate });
  } as typeof HERE;
  return state;
}

function full(): Error {
  return new Database.SqliteError('database or disk is full', 'SQLITE_FULL');
}

function isAdding({ method, path }: WireRequest): boolean {
  return (method === 'POST' && /\/orders(\/batched)?$/.test(path)) || path.endsWith('/amend');
}

/** Writes that leave, in order, each with whether the disk had failed before it; and what may befall them. */
function watched(
  out: { request: WireRequest; isAfter: boolean }[],
  hasFailed: () => boolean,
  fate: (nth: number) => 'goes' | 'is lost' | 'loses its reply' = () => 'goes',
) {
  return (wire: Wire): Wire => ({
    async request(request) {
      if (request.method === 'GET') return wire.request(request);
      out.push({ request, isAfter: hasFailed() });
      const befalls = fate(out.length);
      const failure = { kind: 'failure', reason: 'ECONNRESET: the test' } as const;
      if (befalls === 'is lost') return failure;
      const reply = await wire.request(request);
      return befalls === 'goes' ? reply : failure;
    },
  });
}

/** I1: each order on the exchange has its intent in our file. */
function expectJournaled(scene: Scene): void {
  const database = new Database(scene.configuration.home.database, { readonly: true });
  const known = new Set(
    database.prepare<[], string>("SELECT client_order_id FROM intents WHERE kind = 'create'").pluck().all(),
  );
  database.close();
  for (const { client_order_id: id } of scene.orders()) expect(known.has(id), id).toBe(true);
}

/** Runs till N passes untouched; gives how many points there were. */
async function untilUntouched(once: (nth: number) => Promise<'touched' | 'untouched'>): Promise<number> {
  if (existsSync('/dev/shm')) vi.stubEnv('TMPDIR', '/dev/shm');
  for (let nth = 1; nth < 500; nth++) if ((await once(nth)) === 'untouched') return nth - 1;
  throw new Error('it never passed untouched');
}

describe('F31: a disk that fails', { timeout: 90_000 }, () => {
  it.each(['append', 'sync'] as const)(
    'at the N-th %s: nothing more is sent, cancels go out and are written to stderr, and a start goes on or says why not',
    async (kind) => {
      const points = await untilUntouched(async (nth) => {
        const scene = new Scene('KXBTC15M');
        const out: { request: WireRequest; isAfter: boolean }[] = [];
        const state = countTransactions(nth, kind);
        const opening = scene.open({ wire: watched(out, () => state.hasFailed) });
        const opened = await opening.catch((error: Error) => error);
        if (opened instanceof Error) {
          // A start that cannot write is not repeated by systemd (exit 3), and has sent nothing.
          expect(opened).toMatchObject({ exit: 3 });
          expect(out).toEqual([]);
        } else {
          await scene.run(SECONDS.disk);
          if (!state.hasFailed) {
            Database.prototype.transaction = HERE;
            expect(await scene.end()).toMatchObject({ isConfirmed: true, reconciled: true });
            return 'untouched';
          }
          const left = scene.resting();
          const stopped = await scene.clock.runUntilSettled(opened.session.stop('the test'), scene.served);
          expect(stopped).toMatchObject({ isConfirmed: true, resting: [] });
          // What can be lost (why, alerts) ends nothing: then the first cancel of the stop does. The group's trigger goes first.
          expect(scene.faults.length).toBeLessThanOrEqual(1);
          if (left > 0) {
            const told = [TRIGGERED, /^raised: halt JOURNAL: .*no alert can be queued/];
            for (const text of told) expect(scene.lastResort).toContainEqual(expect.stringMatching(text));
          }
          expect(out.filter(({ request, isAfter }) => isAfter && isAdding(request))).toEqual([]);
          opened.journal.close();
          expectJournaled(scene);
        }
        expect(scene.resting()).toBe(0);
        // The disk is mended; what could not be latched does not halt the next one.
        Database.prototype.transaction = HERE;
        const halt = standingHalt(scene.configuration);
        expect(halt === undefined || halt.name === 'JOURNAL').toBe(true);
        if (nth % RESTARTED !== 1) return 'touched';
        await scene.open();
        await scene.run(5);
        expect(scene.resting() > 0).toBe(halt === undefined);
        expect(await scene.end()).toMatchObject({ isConfirmed: true, restingAtEnd: 0, reconciled: true });
        return 'touched';
      });
      expect(points).toBeGreaterThan(6);
    },
  );
});

describe('F01, F03: a link that fails', { timeout: 90_000 }, () => {
  it.each(['is lost', 'loses its reply'] as const)(
    'at the N-th send, which %s: nothing is sent twice, all is found again, and the ledger equals the exchange',
    async (what) => {
      const points = await untilUntouched(async (nth) => {
        const scene = new Scene('KXBTC15M');
        const out: { request: WireRequest; isAfter: boolean }[] = [];
        const wire = watched(
          out,
          () => false,
          (one) => (one === nth ? what : 'goes'),
        );
        const opened = await scene.open({ wire }).catch((error: Error) => error);
        await scene.run(SECONDS.link);
        if (out.length < nth) return 'untouched';
        await scene.run(30);
        expectJournaled(scene);
        const bodies = out.filter(({ request }) => isAdding(request)).map(({ request }) => request.body ?? '');
        const ids = bodies.flatMap((body) => [...body.matchAll(/"client_order_id":"([^"]+)"/g)].map(([, id]) => id));
        expect(new Set(ids).size).toBe(ids.length);
        // A start that could not make its order group has placed nothing.
        if (opened instanceof Error) expect(ids).toEqual([]);
        else expect(await scene.end()).toMatchObject({ isConfirmed: true, restingAtEnd: 0, reconciled: true });
        return 'touched';
      });
      expect(points).toBeGreaterThan(3);
    },
  );
});

/** Backups, and the drill of reliability.md S21: copied, traded on, put back, started, equal to the exchange. */
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { MIGRATIONS, newestVersion } from '../../../src/lib/adapters/store/migrations.ts';
import { type Home, homeOf, prepareHome } from '../../../src/lib/app/config/home.ts';
import { type BackupOptions, backUpDatabase } from '../../../src/lib/app/db/backup-database.ts';
import { checkDatabase } from '../../../src/lib/app/db/check-database.ts';
import { queryDatabase } from '../../../src/lib/app/db/query-database.ts';
import { isBackupSealed, Restoring } from '../../../src/lib/app/db/restore-database.ts';
import { Secret } from '../../../src/lib/app/keys/secret.ts';
import { takeLock } from '../../../src/lib/app/run/take-lock.ts';
import { begun, commit, create, KILLED, openedJournal } from '../../support/journal.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { Scene } from '../../support/virtual-session.ts';

const NIGHT = new Date('2026-11-20T07:20:00Z');
const PASSPHRASE = new Secret('five random words are enough');

function homeWith(turns: number): Home {
  const home = homeOf('sim', { KMM_HOME: tempDir() });
  prepareHome(home);
  const { journal } = begun(home.database);
  for (let turn = 1; turn <= turns; turn++) commit(journal, turn, create(turn));
  journal.close();
  return home;
}

function backUp(home: Home, more: Partial<BackupOptions> = {}) {
  return backUpDatabase({ home, now: NIGHT, kept: 14, ...more });
}

function restore(home: Home, file: string, passphrase?: Secret) {
  const restoring = new Restoring(home, file, passphrase);
  try {
    return restoring.carryOut(file, NIGHT);
  } finally {
    restoring.close();
  }
}

it('a question about a table that is not there is answered with those that are', () => {
  const home = homeWith(1);
  expect(() => queryDatabase(home, 'SELECT * FROM halts', 10)).toThrow(
    /no such table: halts; there are: .*latches.*orders/,
  );
});

describe('a backup', () => {
  it('is whole, its owner’s alone, and made while a trader has the database open and goes on', () => {
    const home = homeWith(5);
    const journal = openedJournal(home.database);
    journal.setLatch(KILLED, 'me');
    const backup = backUp(home);
    expect(backup).toMatchObject({
      sessions: 1,
      turns: 5,
      version: newestVersion(MIGRATIONS),
      isEncrypted: false,
      removed: [],
    });
    expect(backup.file).toMatch(/backup\/kmm-sim-20261120T072000Z\.db$/);
    expect(statSync(backup.file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(home.directory, 'backup'))).toEqual(['kmm-sim-20261120T072000Z.db']);
    journal.setLatch({ ...KILLED, name: 'AUTH' }, 'me');
    expect(new Database(backup.file, { readonly: true }).prepare('SELECT name FROM latches').pluck().all()).toEqual([
      'KILLED',
    ]);
  });

  it('is never written over another, and only the newest stay', () => {
    const home = homeWith(1);
    for (let night = 1; night <= 5; night++) backUp(home, { now: new Date(Date.UTC(2026, 10, night)), kept: 3 });
    const names = readdirSync(join(home.directory, 'backup'));
    expect(names.map((name) => name.slice(8, 16))).toEqual(['20261103', '20261104', '20261105']);
    const again = () => backUp(home, { now: new Date(Date.UTC(2026, 10, 5)) });
    expect(again).toThrow(expect.objectContaining({ code: 'KMM_BACKUP_UNWRITABLE' }));
  });

  it('of a database that does not verify is not made', () => {
    const home = homeWith(3);
    new Database(home.database).exec('UPDATE intents SET price = price + 1 WHERE counter = 2').close();
    expect(() => backUp(home)).toThrow(expect.objectContaining({ code: 'KMM_DB_UNREADABLE' }));
    expect(readdirSync(join(home.directory, 'backup'))).toEqual([]);
    expect(checkDatabase(home).fault).toBe('turn 2 of session 1 was changed or lost');
  });

  it('that is encrypted shows nothing, opens with its passphrase alone, and not after a bit of it was changed', () => {
    const home = homeWith(3);
    const { file, isEncrypted } = backUp(home, { passphrase: PASSPHRASE });
    expect([isEncrypted, isBackupSealed(file), file.endsWith('.db.sealed')]).toEqual([true, true, true]);
    const bytes = readFileSync(file);
    expect(bytes.includes('KXBTC15M')).toBe(false);
    expect(bytes.includes('SQLite format')).toBe(false);
    const wrong = new Secret('five other words are no good');
    expect(() => restore(home, file, wrong)).toThrow(expect.objectContaining({ code: 'KMM_BACKUP_UNREADABLE' }));
    for (const change of ['flip', 'cut'] as const) {
      const damaged = `${file}.${change}`;
      writeFileSync(damaged, bytes);
      if (change === 'cut') truncateSync(damaged, bytes.length - 1);
      else writeFileSync(damaged, Buffer.from(bytes).fill((bytes[5_000] ?? 0) ^ 1, 5_000, 5_001));
      expect(() => restore(home, damaged, PASSPHRASE), change).toThrow(
        expect.objectContaining({ code: 'KMM_BACKUP_UNREADABLE' }),
      );
    }
    expect(restore(home, file, PASSPHRASE)).toMatchObject({ sessions: 1 });
  });
});

describe('a restore', () => {
  it('is refused while a kmm holds the lock, and for another environment’s backup', () => {
    const home = homeWith(1);
    const { file } = backUp(home);
    const lock = takeLock(home);
    expect(() => restore(home, file)).toThrow(expect.objectContaining({ code: 'KMM_LOCKED', exit: 8 }));
    lock.release();
    const prod = homeOf('prod', { KMM_HOME: tempDir() });
    expect(() => restore(prod, file)).toThrow(expect.objectContaining({ code: 'KMM_DB_ENV' }));
    expect(existsSync(prod.database)).toBe(false);
  });

  it('keeps what was there, its halts and its session numbers, and nothing armed', () => {
    const home = homeWith(1);
    const { file } = backUp(home);
    for (let session = 2; session <= 4; session++) begun(home.database).journal.close();
    const journal = openedJournal(home.database, 'guest');
    journal.setLatch(KILLED, 'me');
    journal.close();
    const { aside, usedSession, haltsKept } = restore(home, file);
    expect([usedSession, haltsKept]).toEqual([4, 1]);
    expect(openedJournal(aside ?? '').lastSession()?.session).toBe(4);
    const restored = begun(home.database);
    expect(restored.session.session).toBe(5);
    expect(restored.journal.latches()).toMatchObject([{ name: 'KILLED' }]);
    expect(restored.journal.armings.current()).toBeUndefined();
  });

  it('where nothing is left of the old one leaves room for what it may have used', () => {
    const home = homeWith(1);
    const { file } = backUp(home);
    const elsewhere = homeOf('sim', { KMM_HOME: tempDir() });
    expect(restore(elsewhere, file)).toMatchObject({ aside: undefined, usedSession: 10_001 });
    writeFileSync(home.database, 'torn');
    expect(restore(home, file)).toMatchObject({ usedSession: 10_001, aside: expect.any(String) });
  });

  it.each(['kmm db restore', 'a plain copy put in place'])(
    'F32: by %s, of last night’s database: the exchange tells what is missing, and the ledger equals it',
    async (way) => {
      const scene = new Scene('KXBTC15M');
      const { home } = scene.configuration;
      await scene.open();
      await scene.run(15);
      await scene.end();
      const { file } = backUp(home);
      await scene.open();
      await scene.run(20);
      await scene.end();
      const seen = scene.orders().length;
      if (way === 'kmm db restore') restore(home, file);
      else {
        for (const part of ['-wal', '-shm'])
          if (existsSync(home.database + part)) truncateSync(home.database + part, 0);
        writeFileSync(home.database, readFileSync(file));
      }
      const { session, journal } = await scene.open();
      expect(journal.lastSession()?.session).toBe(3);
      await scene.run(10);
      const fills = scene.desk('GET', '/portfolio/fills?limit=1000').json.fills.length;
      expect(session.engine.ledger.fillCount).toBe(fills);
      const ids = scene.orders().map((order) => order.client_order_id);
      expect(ids.length).toBeGreaterThan(seen);
      expect(new Set(ids).size).toBe(ids.length);
      expect(await scene.end()).toMatchObject({ isConfirmed: true, restingAtEnd: 0, reconciled: true });
    },
  );
});

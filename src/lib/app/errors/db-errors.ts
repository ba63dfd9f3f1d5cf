/** The rows of the catalogue about copies of the database. */
import { type CatalogueEntry, NOTHING_SENT } from './error-entry.ts';
import { EXIT } from './exit-codes.ts';

export const DB_ERRORS = {
  KMM_BACKUP_UNWRITABLE: {
    exit: EXIT.usage,
    title: 'no backup can be written there: the file is there already, no such folder, no permission, or a full disk',
    position: NOTHING_SENT,
    next: ['name another file with --out', 'free the disk'],
  },
  KMM_BACKUP_UNREADABLE: {
    exit: EXIT.usage,
    title: 'the backup cannot be read, does not open with this passphrase, or does not pass its check',
    position: 'the database in use was not touched; positions and resting orders are as they were',
    next: ['kmm db restore with an older backup', '--passphrase-file with the one it was made with'],
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

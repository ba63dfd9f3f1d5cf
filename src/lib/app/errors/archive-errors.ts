/** The rows of the catalogue about the archive of tapes and questions to it. */
import { type CatalogueEntry, NOTHING_SENT } from './error-entry.ts';
import { EXIT } from './exit-codes.ts';

const TAPE_STAYS = 'the tape is as it was; positions and resting orders are as they were';
const ONLY_READ = 'the archive is only read; positions and resting orders are as they were';

export const ARCHIVE_ERRORS = {
  KMM_DUCKDB_MISSING: {
    exit: EXIT.usage,
    title: 'archives are written and read with DuckDB, an optional package that is not installed here',
    position: NOTHING_SENT,
    next: ['npm install @duckdb/node-api@1.4.4-r.1', 'kmm replay TAPE, which needs no archive'],
  },
  KMM_TAPE_IN_USE: {
    exit: EXIT.usage,
    title: 'the tape is open in another process, which writes or reads it, or it has changed',
    position: TAPE_STAYS,
    next: ['kmm stop', 'wait until nobody reads it', 'kmm record archive --closed-days'],
  },
  KMM_ARCHIVE_BUSY: {
    exit: EXIT.locked,
    title: 'another process is archiving here',
    position: TAPE_STAYS,
    next: ['wait until it is done', 'kmm record archive again'],
  },
  KMM_ARCHIVE_UNWRITABLE: {
    exit: EXIT.usage,
    title: 'the archive cannot be written: no permission, no such folder, or a full disk',
    position: TAPE_STAYS,
    next: ['free the disk', 'kmm record archive again'],
  },
  KMM_ARCHIVE_UNFIT: {
    exit: EXIT.bug,
    title: 'the tape cannot be laid out as an archive, or what was written does not read back the same',
    position: TAPE_STAYS,
    next: ['keep the tape', 'report it with the tape’s name and this text'],
  },
  KMM_ARCHIVE_DAMAGED: {
    exit: EXIT.config,
    title: 'a file of the archive is missing, cannot be read, or is not what its manifest says',
    position: ONLY_READ,
    next: ['put the named file back from a copy', 'move its manifest away and archive the tape again'],
  },
  KMM_ARCHIVE_NEWER: {
    exit: EXIT.usage,
    title: 'the archive was written by a newer kmm in a format this one cannot read',
    position: ONLY_READ,
    next: ['upgrade kmm'],
  },
  KMM_ARCHIVE_NOTHING: {
    exit: EXIT.usage,
    title: 'the archive holds nothing of what was asked for',
    position: ONLY_READ,
    next: ['kmm record archive --closed-days', 'kmm record query "SELECT DISTINCT date, series FROM deltas"'],
  },
  KMM_ARCHIVE_OVERLAP: {
    exit: EXIT.usage,
    title: 'two archived tapes tell of the same market at the same time, and a replay can follow only one',
    position: ONLY_READ,
    next: ['name one of the two'],
  },
  KMM_QUERY_REFUSED: {
    exit: EXIT.usage,
    title: 'the archive is asked with one SELECT, which reads its views and nothing else',
    position: ONLY_READ,
    next: ['kmm record query --tables', 'kmm record query "SELECT …" --out csv --file PATH'],
  },
  KMM_QUERY_BAD: {
    exit: EXIT.usage,
    title: 'the question is not SQL that DuckDB understands, or names what is not there',
    position: ONLY_READ,
    next: ['kmm record query --tables'],
  },
  KMM_QUERY_STOPPED: {
    exit: EXIT.usage,
    title: 'the question took more time or memory than it may',
    position: ONLY_READ,
    next: ['ask for fewer days: WHERE date = …', '--timeout SECONDS'],
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

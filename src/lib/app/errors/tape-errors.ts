/** The rows of the catalogue about tapes: what is recorded, kept and read back. */
import { type CatalogueEntry, NOTHING_SENT } from './error-entry.ts';
import { EXIT } from './exit-codes.ts';

export const TAPE_ERRORS = {
  KMM_TAPE_UNREADABLE: {
    exit: EXIT.usage,
    title: 'the tape cannot be opened: no such file, no permission, or not a tape',
    position: NOTHING_SENT,
    next: ['kmm record import FILE', 'ls -l the path named above'],
  },
  KMM_TAPE_EXISTS: {
    exit: EXIT.usage,
    title: 'a file of that name is there already, and a tape is never written over',
    position: NOTHING_SENT,
    next: ['name another file with --out', 'move the old file away'],
  },
  KMM_TAPE_UNWRITABLE: {
    exit: EXIT.usage,
    title: 'no tape can be written there: no such folder, no permission, or a full disk',
    position: NOTHING_SENT,
    next: ['name another file with --out', 'free the disk', 'set KMM_HOME to a directory of yours'],
  },
  KMM_TAPE_DAMAGED: {
    exit: EXIT.usage,
    title: 'the tape is a tape, but a block of it does not decompress or does not add up',
    position: NOTHING_SENT,
    next: ['import the recording again', 'restore the tape from a copy'],
  },
  KMM_TAPE_NEWER: {
    exit: EXIT.usage,
    title: 'the tape was written by a newer kmm in a format this one cannot read',
    position: NOTHING_SENT,
    next: ['upgrade kmm', 'import the recording again with this kmm'],
  },
  KMM_SESSION_UNKNOWN: {
    exit: EXIT.usage,
    title: 'no session of that number or name has left a tape in this environment',
    position: NOTHING_SENT,
    next: ['kmm replay last', 'name the environment with --env', 'kmm replay PATH of a tape'],
  },
  KMM_RECORDING_BAD: {
    exit: EXIT.usage,
    title: 'the recording holds no frame that kmm understands, or is not text or gzip of text',
    position: NOTHING_SENT,
    next: ['look at its first line: one JSON frame per line, or wrapped with recv_ns, recv_ts_ns or recv_ms'],
  },
  KMM_TAPE_BUSY: {
    exit: EXIT.locked,
    title: 'another process is writing this tape, or records the same markets here',
    position: NOTHING_SENT,
    next: ['kmm record list', 'stop the process named above', 'name another file with --out'],
  },
  KMM_TAPE_NOT_WHOLE: {
    exit: EXIT.gate,
    title:
      'something that was heard is not on the tape, or what is on it does not fit together; the lines above say what',
    position: NOTHING_SENT,
    next: ['kmm record info TAPE', 'docs/recording.md says what each finding means', 'restore the tape from a copy'],
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

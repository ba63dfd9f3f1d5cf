/** What can be wrong with a file of ours that the user can mend: a value with a code of the catalogue, never thrown. */

export type StoreProblemCode =
  /** No tape, or it cannot be opened for reading. */
  | 'KMM_TAPE_UNREADABLE'
  /** Of a later format. */
  | 'KMM_TAPE_NEWER'
  /** A file of this name is there already; tapes are never overwritten. */
  | 'KMM_TAPE_EXISTS'
  /** The folder does not exist or is not writable, or the disk is full. */
  | 'KMM_TAPE_UNWRITABLE'
  /** No kmm database, damaged, or its hash chain does not hold. */
  | 'KMM_DB_UNREADABLE'
  /** Written by a later version of kmm. */
  | 'KMM_DB_NEWER'
  /** Belongs to another environment. */
  | 'KMM_DB_ENV'
  /** Nothing can be written to the database: the disk refuses, or another process holds the write lock. */
  | 'KMM_JOURNAL'
  /** No file of a sweep's results, of a newer kmm, or it cannot be opened. */
  | 'KMM_SWEEP_RESULTS';

export class StoreProblem {
  readonly code: StoreProblemCode;
  /** What happened: one sentence, without a full stop. */
  readonly message: string;

  constructor(code: StoreProblemCode, message: string) {
    this.code = code;
    this.message = message;
  }
}

/** The text of whatever was caught. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What can be wrong with a file of ours that the user can mend: a value with a code, never thrown. */

export type StoreProblemCode =
  /** The file is no tape, is of a newer format, or cannot be opened for reading. */
  | 'KMM_TAPE_UNREADABLE'
  /** A file of this name is there already; tapes are never overwritten. */
  | 'KMM_TAPE_EXISTS'
  /** The folder does not exist, is not writable, or the disk is full. */
  | 'KMM_TAPE_UNWRITABLE'
  | 'KMM_DB_MISSING'
  /** Not a kmm database, or damaged. */
  | 'KMM_DB_UNREADABLE'
  /** Written by a later version of kmm. */
  | 'KMM_DB_NEWER'
  /** Written by an earlier version, and this opening may not migrate it. */
  | 'KMM_DB_OLDER'
  /** Belongs to another environment. */
  | 'KMM_DB_ENV'
  /** Another process holds the write lock for longer than we wait. */
  | 'KMM_DB_BUSY'
  /** The hash chain over the turns does not hold. */
  | 'KMM_DB_CHAIN';

export class StoreProblem {
  readonly code: StoreProblemCode;
  /** What happened, and what to do next. */
  readonly message: string;
  readonly path: string;

  constructor(code: StoreProblemCode, path: string, message: string) {
    this.code = code;
    this.path = path;
    this.message = message;
  }
}

/** The text of whatever was caught. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What can go wrong with an archive and the user can mend; thrown within the adapter, with a code of the catalogue. */

export type ArchiveFailureCode =
  /** The optional package that reads and writes Parquet is not there. */
  | 'KMM_DUCKDB_MISSING'
  /** No room, no permission, no such folder. */
  | 'KMM_ARCHIVE_UNWRITABLE'
  /** A file is missing, is not what its manifest says, or cannot be read. */
  | 'KMM_ARCHIVE_DAMAGED'
  /** A manifest of a later format. */
  | 'KMM_ARCHIVE_NEWER'
  /** What was written does not read back as it was, or does not fit an archive. */
  | 'KMM_ARCHIVE_UNFIT'
  /** Other than one SELECT, or beyond the archive. */
  | 'KMM_QUERY_REFUSED'
  /** It is not SQL, or names what is not there. */
  | 'KMM_QUERY_BAD'
  /** It took too long, too much memory, or was called off. */
  | 'KMM_QUERY_STOPPED';

export class ArchiveFailure extends Error {
  readonly code: ArchiveFailureCode;

  /** `message`: one sentence, without a full stop. */
  constructor(code: ArchiveFailureCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'ArchiveFailure';
    this.code = code;
  }
}

/** The first line of whatever was caught. */
export function firstLineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] as string;
}

/** What an archive says no to, as an error for the user. */
import { ArchiveFailure } from '../../adapters/archive/failure.ts';
import { kmmError } from '../errors/errors.ts';

/** What was thrown, in the catalogue's words where it is one of the archive's. */
export function told(error: unknown): unknown {
  return error instanceof ArchiveFailure ? kmmError(error, { cause: error }) : error;
}

export async function telling<Answer>(work: () => Promise<Answer> | Answer): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    throw told(error);
  }
}

/** The contract between a job and whatever runs it: in this process, on a thread, or on another machine. */

/** What came of one job. Its failure is a value: the next job is none the worse for it. */
export type JobOutcome =
  | {
      readonly kind: 'done';
      /** Plain JSON; the same for the same job, wherever it ran. */
      readonly result: unknown;
      /** Of real time. */
      readonly milliseconds: number;
    }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly milliseconds: number };

/** A module that runs jobs of one kind, loaded once by each worker: what it keeps between jobs, it loads once. */
export interface JobModule {
  /** Pure: its answer depends on the job (plain JSON) and on the bytes of the files that it names. Throws when there is none. */
  runJob(job: unknown, context: unknown): unknown;
}

/** Runs one job here. Never rejects. */
export async function outcomeOf(module: JobModule, job: unknown, context: unknown): Promise<JobOutcome> {
  const from = performance.now();
  const passed = () => Math.round(performance.now() - from);
  try {
    const result = await module.runJob(job, context);
    return { kind: 'done', result, milliseconds: passed() };
  } catch (error) {
    return { kind: 'failed', ...wordsOf(error), milliseconds: passed() };
  }
}

/** Errors of ours say what happened in `what` and carry a code; of others there is the message alone. */
function wordsOf(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: 'KMM_BUG', message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'KMM_BUG';
  const message = 'what' in error && typeof error.what === 'string' ? error.what : error.message;
  return { code, message };
}

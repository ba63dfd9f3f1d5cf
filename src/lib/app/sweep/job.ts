/**
 * One job of a sweep: plain JSON, complete, and named by what it is. Its id is a hash of code, configuration, data and seed,
 * so that the same job is the same job wherever and however often it runs, and its result is kept once.
 */
import { createHash } from 'node:crypto';

/** A file that the job reads. The path is where it was found when the job was made; the digest is what counts. */
export interface JobFile {
  readonly role: 'data' | 'outcomes' | 'reference';
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface SweepJob<Task = unknown> {
  readonly id: string;
  /** codeIdentity() of whoever made it: other code does not run it. */
  readonly code: string;
  readonly seed: number;
  /** What is computed, without paths of files. */
  readonly task: Task;
  readonly files: readonly JobFile[];
}

/** What one event brought, over all its markets. Money in microdollars, size in centicontracts, times epoch ms. */
export interface EventResult {
  readonly event: string;
  readonly from: number;
  readonly to: number;
  readonly net: number;
  readonly fees: number;
  readonly fills: number;
  readonly contracts: number;
}

/** What a job found. Nothing in it depends on where or when it ran. */
export interface JobResult {
  readonly events: readonly EventResult[];
}

/** The files in the order in which the task reads them. */
export function jobOf<Task>(parts: Omit<SweepJob<Task>, 'id'>): SweepJob<Task> {
  const { code, seed, task } = parts;
  const files = parts.files.map(({ role, sha256 }) => [role, sha256]);
  return { id: digestOf({ code, seed, task, files }), ...parts };
}

/** Of a value's JSON, with the keys of every table in the order of the alphabet. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

export function isJobResult(value: unknown): value is JobResult {
  return typeof value === 'object' && value !== null && 'events' in value && Array.isArray(value.events);
}

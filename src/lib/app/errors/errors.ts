/**
 * Bad news for the user, in one form: what happened, what it means for the position, what to do next.
 *
 * An expected outcome is a value and never comes here; a broken invariant throws a plain Error and is reported as our bug.
 */
import { CATALOGUE, type CatalogueEntry, type ErrorCode } from './error-catalogue.ts';
import type { ExitCode } from './exit-codes.ts';

export type { ErrorCode } from './error-catalogue.ts';

/** What differs from the catalogue's own words in this case. */
export interface ErrorDetails {
  /** Replaces the catalogue's sentence about positions and resting orders. */
  readonly position?: string;
  /** Replaces the catalogue's suggestions. */
  readonly next?: readonly string[];
  readonly cause?: unknown;
}

export class KmmError extends Error {
  readonly code: ErrorCode;
  /** What happened: one sentence with the particulars, without a full stop. */
  readonly what: string;
  readonly position: string;
  readonly next: readonly string[];
  /** `next` was said for this case, and is not the catalogue's. */
  readonly isAdvised: boolean;
  readonly exit: ExitCode;

  constructor(code: ErrorCode, what: string, details: ErrorDetails = {}) {
    const entry: CatalogueEntry = CATALOGUE[code];
    const position = details.position ?? entry.position;
    const next = details.next ?? entry.next;
    super(`${what}; ${position}. Try: ${next.join(' · ')}`, 'cause' in details ? { cause: details.cause } : {});
    this.name = 'KmmError';
    this.code = code;
    this.what = what;
    this.position = position;
    this.next = next;
    this.isAdvised = details.next !== undefined;
    this.exit = entry.exit;
  }

  /** Where the code is explained. */
  get ref(): string {
    return `docs/errors#${this.code}`;
  }
}

/** What adapters answer instead of throwing. */
export interface ErrorValue {
  readonly code: string;
  readonly message: string;
}

/** An adapter's error value as an error for the user; a code that the catalogue lacks is our bug. */
export function kmmError(value: ErrorValue, details: ErrorDetails = {}): KmmError {
  return isErrorCode(value.code)
    ? new KmmError(value.code, value.message, details)
    : new KmmError('KMM_BUG', `${value.code} is not in the catalogue: ${value.message}`, details);
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(CATALOGUE, code);
}

export function catalogueEntry(code: ErrorCode): CatalogueEntry {
  return CATALOGUE[code];
}

/** Every code, in the order of the catalogue. */
export function errorCodes(): readonly ErrorCode[] {
  return Object.keys(CATALOGUE).filter(isErrorCode);
}

/** The object that `--json` prints for an error. */
export function errorJson(error: KmmError): Readonly<Record<string, unknown>> {
  return {
    error: {
      message: `${error.what}; ${error.position}`,
      code: error.code,
      suggestions: error.next,
      ref: error.ref,
      oclif: { exit: error.exit },
    },
    type: 'error',
    schemaVersion: 1,
  };
}

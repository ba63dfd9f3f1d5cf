/** The rows of the catalogue about reports and exports. */
import type { CatalogueEntry } from './error-entry.ts';
import { EXIT } from './exit-codes.ts';

const ONLY_READ = 'reports only read; positions and resting orders are as they were';

export const REPORT_ERRORS = {
  KMM_OUT: {
    exit: EXIT.usage,
    title: 'a report or an export cannot be written there: no such folder, no permission, or a full disk',
    position: ONLY_READ,
    next: ['name another file with --out', 'make the folder', 'leave --out away to print it'],
  },
  KMM_REPORT_ACCOUNT: {
    exit: EXIT.usage,
    title: 'no account of that name has traded in this environment',
    position: ONLY_READ,
    next: ['leave --account away', 'kmm db sql "SELECT DISTINCT account FROM sessions"'],
  },
  KMM_EXPORT_FORMAT: {
    exit: EXIT.usage,
    title: 'the export is not offered in that format',
    position: ONLY_READ,
    next: ['--format csv', '--format json'],
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

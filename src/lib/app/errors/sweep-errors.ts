/** The rows of the catalogue about sweeps, their queue and their artifacts. */
import type { CatalogueEntry } from './error-entry.ts';
import { EXIT } from './exit-codes.ts';

const ONLY_COMPUTED = 'a sweep trades nothing; positions and resting orders are as they were';
const KEPT = 'a sweep trades nothing; every result that was there is kept';

export const SWEEP_ERRORS = {
  KMM_SWEEP_SPEC: {
    exit: EXIT.usage,
    title: 'the description of the sweep cannot be read: a wrong value, an unknown key, an empty range, too many jobs',
    position: ONLY_COMPUTED,
    next: ['mend the line named above', 'docs/sweeps.md has an example'],
  },
  KMM_SWEEP_DATA: {
    exit: EXIT.usage,
    title: 'a recording that the sweep names is not there, or is not the one that the job was made for',
    position: KEPT,
    next: [
      'ls -l the path named above',
      'a worker elsewhere: --data-dir with the same files, or --out s3://… so that they are handed over',
    ],
  },
  KMM_SWEEP_UNFINISHED: {
    exit: EXIT.usage,
    title: 'a sweep stands unfinished in that folder, and is gone on with only when that is asked for',
    position: KEPT,
    next: ['--resume goes on with it', '--out with another folder begins anew'],
  },
  KMM_SWEEP_RESULTS: {
    exit: EXIT.usage,
    title: 'the file of results cannot be opened or written, is no file of results, or is of a newer kmm',
    position: ONLY_COMPUTED,
    next: ['name another folder with --out', 'free the disk and go on with --resume'],
  },
  KMM_SWEEP_JOBS: {
    exit: EXIT.gate,
    title: 'jobs of the sweep failed, and what they would have told is missing from the table',
    position: KEPT,
    next: ['look at the reasons above', '--resume tries the failed ones again'],
  },
  KMM_SWEEP_IMPURE: {
    exit: EXIT.bug,
    title: 'the same job gave two different results, so that neither can be believed',
    position: KEPT,
    next: ['report the id named above with the results file'],
  },
  KMM_QUEUE_PACKAGE: {
    exit: EXIT.usage,
    title: 'jobs on a queue need two packages that kmm does not bring along',
    position: ONLY_COMPUTED,
    next: ['install them beside kmm: the command named above', 'leave --queue away: --workers uses this machine alone'],
  },
  KMM_QUEUE: {
    exit: EXIT.unreachable,
    title: 'the Redis server of the queue does not answer, refuses us, or went away',
    position: KEPT,
    next: ['redis-cli -u URL ping', '--resume goes on when it is back', 'docs/sweeps.md says how Redis starts'],
  },
  KMM_ARTIFACTS: {
    exit: EXIT.unreachable,
    title: 'the storage of the artifacts refuses or does not answer, or its credentials are not set',
    position: KEPT,
    next: [
      'AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY',
      '--out with a folder keeps them here',
    ],
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

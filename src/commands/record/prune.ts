import { Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { confirmYes } from '../../confirm.ts';
import { KmmError } from '../../lib/app/errors/errors.ts';
import { epochMs } from '../../lib/core/units.ts';
import { isoOf, pruneLines } from '../../print/recording/tape-text.ts';
import { utcFlag, yesFlag } from '../../shared-flags.ts';

export default class RecordPrune extends KmmCommand<typeof RecordPrune> {
  static override summary = 'delete old files of tapes, the oldest first';
  static override description =
    `Says first what would go, then asks. A file is one UTC day of one tape. The newest file stays, and so does a tape that is
being written, and what is in no archive unless --unarchived is given. What is deleted cannot be replayed any more.`;
  static override examples = [
    '<%= config.bin %> record prune --older-than 30',
    '<%= config.bin %> record prune --keep 20GB --yes --env prod',
  ];
  static override flags = {
    'older-than': Flags.integer({ min: 1, helpValue: 'DAYS', description: 'files whose last record is older' }),
    keep: Flags.string({ helpValue: 'SIZE', description: 'as many as it takes to keep no more: 500MB, 20GB' }),
    unarchived: Flags.boolean({ description: 'also what no archive holds' }),
    ...yesFlag,
    ...utcFlag,
  };

  async run(): Promise<object> {
    const { prune, prunePlan } = await import('../../lib/app/recording/prune-tapes.ts');
    const { isArchived } = await import('../../lib/app/archive/is-archived.ts');
    const { isBeingWritten } = await import('../../lib/app/recording/own-tape.ts');
    const { homeOf } = await import('../../lib/app/config/home.ts');
    const { 'older-than': days, keep, unarchived, yes } = this.flags;
    if (days === undefined && keep === undefined) {
      throw new KmmError('KMM_USAGE', 'name what may go: --older-than DAYS or --keep SIZE');
    }
    const home = homeOf(this.environment);
    const plan = prunePlan(home, {
      ...(days !== undefined && { before: epochMs(Date.now() - days * DAY_MS) }),
      ...(keep !== undefined && { keepBytes: bytesOf(keep) }),
      isUnarchivedToo: unarchived,
      isArchived: (path) => isArchived(home, path),
    });
    for (const line of pruneLines(plan, this.zone, this.glyphs)) this.log(line);
    if (plan.gone.length > 0) {
      await confirmYes(`delete ${plan.gone.length} files of tapes`, yes, await this.mayAsk());
    }
    const gone = prune(plan, isBeingWritten);
    this.log(gone.length === 0 ? 'nothing was deleted' : `deleted ${gone.length} files`);
    return this.toRecord({
      ...{ type: 'prune', env: this.environment, kept: plan.kept, bytes: plan.bytes },
      gone: gone.map((file) => ({ ...file, lastAt: isoOf(file.lastAt) })),
    });
  }
}

const DAY_MS = 86_400_000;
const UNITS: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** Throws KMM_USAGE. */
function bytesOf(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(kB|MB|GB|TB)$/i.exec(text.trim()) ?? [];
  const size = Object.entries(UNITS).find(([name]) => name.toLowerCase() === unit?.toLowerCase())?.[1];
  if (number === undefined || size === undefined)
    throw new KmmError('KMM_USAGE', `--keep ${text} is no size: say 500MB or 20GB`);
  return Number(number) * size;
}

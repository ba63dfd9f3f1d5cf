import { Args, Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { KmmError } from '../../lib/app/errors/errors.ts';
import { EXIT } from '../../lib/app/errors/exit-codes.ts';
import type { TapeReport } from '../../lib/app/recording/verify-tape.ts';
import { archiveLines } from '../../print/recording/archive-text.ts';
import { verifyLines, verifyRecord } from '../../print/recording/tape-text.ts';
import { utcFlag } from '../../shared-flags.ts';

export default class RecordVerify extends KmmCommand<typeof RecordVerify> {
  static override summary = 'read tapes again and say exactly what is missing';
  static override description =
    `Every block, its checksum, the numbers of every subscription, books against those that the exchange sent whole, time, and
what the writer counted as lost. Exit 10 when something that was heard is not on the tape, or does not fit together. Spans in
which there was no link are told, and are no fault of the tape. docs/recording.md says what each finding means. With all
tapes goes the archive: every file of it against its digest. A file that no manifest names is told, and is no fault.`;
  static override examples = [
    '<%= config.bin %> record verify btc.tape',
    '<%= config.bin %> record verify --yesterday --env prod',
    '<%= config.bin %> record verify --all --json',
    '<%= config.bin %> record verify --archive',
  ];
  static override args = {
    tapes: Args.string({ multiple: true, description: 'tapes; without any, all and the archive' }),
  };
  static override flags = {
    all: Flags.boolean({ exclusive: ['yesterday'], description: 'every tape of this environment, and its archive' }),
    archive: Flags.boolean({ exclusive: ['all', 'yesterday'], description: 'the archive, and no tapes' }),
    yesterday: Flags.boolean({ description: 'the files that hold something of yesterday (UTC)' }),
    'allow-gaps': Flags.boolean({
      description: 'numbers may be missing: a recording that kept one market of a shared subscription',
    }),
    ...utcFlag,
  };

  async run(): Promise<object> {
    const { verifyAll, verifyDay, verifyTape } = await import('../../lib/app/recording/verify-tape.ts');
    const { tapeNamed } = await import('../../lib/app/recording/find-session.ts');
    const { worstOf } = await import('../../lib/app/recording/findings.ts');
    const { homeOf } = await import('../../lib/app/config/home.ts');
    const { archive, yesterday, 'allow-gaps': allowGaps } = this.flags;
    const tapes = this.args.tapes ?? [];
    const home = homeOf(this.environment);
    const reports: TapeReport[] = [];
    const take = (report: TapeReport): void => {
      reports.push(report);
      for (const line of verifyLines(report, this.glyphs, this.zone)) this.log(line);
    };
    if (yesterday) verifyDay(home, new Date(Date.now() - DAY_MS).toISOString().slice(0, 10), take);
    else if (archive) this.#assertNoTapes(tapes);
    else if (tapes.length === 0) verifyAll(home, take);
    else for (const tape of tapes) take(verifyTape(tapeNamed(tape, home), { allowGaps }));
    if (reports.length === 0 && !archive) this.log('there is no tape yet');
    const archived = yesterday || tapes.length > 0 ? null : await this.#archive(archive);
    const verdict = worstOf(reports.map((report) => report.verdict));
    if (verdict === 'marked' || verdict === 'broken') {
      this.log('Try: kmm explain KMM_TAPE_NOT_WHOLE');
      process.exitCode = EXIT.gate;
    }
    return this.toRecord({ type: 'verify', verdict, tapes: reports.map(verifyRecord), archive: archived });
  }

  /** Null when there is none. */
  async #archive(isAskedFor: boolean): Promise<object | null> {
    const { verifyArchive } = await import('../../lib/app/archive/verify-archive.ts');
    const { homeOf } = await import('../../lib/app/config/home.ts');
    const report = await verifyArchive(homeOf(this.environment));
    if (report.sources === 0 && report.faults.length === 0) {
      if (isAskedFor) this.log('there is no archive yet');
      return null;
    }
    for (const line of archiveLines(report)) this.log(line);
    if (report.faults.some(({ kind }) => kind !== 'extra')) {
      this.log('Try: kmm explain KMM_ARCHIVE_DAMAGED');
      process.exitCode = EXIT.gate;
    }
    return report;
  }

  #assertNoTapes(tapes: readonly string[]): void {
    if (tapes.length > 0) throw new KmmError('KMM_USAGE', '--archive is about no tape: name tapes, or say --archive');
  }
}

const DAY_MS = 86_400_000;

import { Args, Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import type { Keep } from '../../lib/app/archive/archive-tapes.ts';
import { KmmError } from '../../lib/app/errors/errors.ts';
import { archivedLine } from '../../print/recording/archive-text.ts';

export default class RecordArchive extends KmmCommand<typeof RecordArchive> {
  static override summary = 'pack closed tapes into Parquet, by day and series';
  static override description =
    `What was written is read back and compared with the tape, record by record, before it counts. With --closed-days a tape
of a recorder is deleted once its archive has been read a second time. Tapes of sessions stay, for only they can be
replayed bit for bit, and so do tapes that are named. Archiving a tape twice changes nothing; a run that was killed is made
good by the next one.
Ends with exit 1 when a tape could not be archived. Needs the optional package @duckdb/node-api.`;
  static override examples = [
    '<%= config.bin %> record archive --closed-days',
    '<%= config.bin %> record archive day.tape',
    '<%= config.bin %> record archive --closed-days --keep-tapes --env prod',
  ];
  static override args = {
    tape: Args.string({ multiple: true, required: false, description: 'files of tapes; nobody may have them open' }),
  };
  static override flags = {
    'closed-days': Flags.boolean({ description: 'every tape of this environment whose day (UTC) is over' }),
    'keep-tapes': Flags.boolean({
      allowNo: true,
      description: 'leave all tapes where they are; with no-: let go of all, of sessions and named ones too',
    }),
  };

  async run(): Promise<object> {
    const { archiveTapes } = await import('../../lib/app/archive/archive-tapes.ts');
    const { args, flags } = this;
    const tapes = args.tape ?? [];
    if (tapes.length === 0 && flags['closed-days'] !== true)
      throw new KmmError('KMM_USAGE', 'name tapes, or say --closed-days');
    const { home } = await this.places();
    const archived: object[] = [];
    const request = {
      home,
      tapes,
      closedDays: flags['closed-days'] === true,
      keep: keptOf(flags['keep-tapes']),
      now: new Date(),
    };
    const failed = await archiveTapes(request, (tape) => {
      archived.push(tape);
      this.log(archivedLine(tape));
    });
    for (const { tape, code, reason } of failed) this.note(`${tape} was not archived: ${code} ${reason}`);
    if (archived.length === 0 && failed.length === 0) this.log('there is no tape whose day is over');
    const record = { type: 'record_archive', env: home.env, archived, failed };
    const [first] = failed;
    if (first === undefined) return this.toRecord(record);
    this.printRecord(record);
    throw new KmmError(
      first.code as KmmError['code'],
      `${failed.length} tapes were not archived; the first: ${first.reason}`,
    );
  }
}

function keptOf(isKept: boolean | undefined): Keep {
  if (isKept === undefined) return 'sessions';
  return isKept ? 'all' : 'none';
}

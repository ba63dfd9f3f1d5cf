import { Args, Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';

export default class RecordImport extends KmmCommand<typeof RecordImport> {
  static override summary = 'read recorded Kalshi frames into a tape';
  static override description =
    `NDJSON, plain or .gz: a raw frame per line, or wrapped with its time as recv_ns, recv_ts_ns or recv_ms and the
frame as event, frame or raw. A line that cannot be read is counted and named; what was read before it is kept.`;
  static override examples = [
    '<%= config.bin %> record import btc.jsonl.gz',
    '<%= config.bin %> record import morning.ndjson evening.ndjson --out day.tape',
  ];
  static override args = {
    file: Args.string({ required: true, multiple: true, description: 'recorded frames; several are joined' }),
  };
  static override flags = {
    out: Flags.string({ helpValue: 'TAPE', description: 'the tape to write; a new file' }),
    'yes-price': Flags.boolean({ description: 'the recording was made with use_yes_price: asks are YES prices' }),
  };

  async run(): Promise<object> {
    const { importRecording } = await import('../../lib/app/recording/import-recording.ts');
    const out = this.flags.out;
    const result = await importRecording({
      files: this.args.file,
      yesPrice: this.flags['yes-price'] === true,
      ...(out === undefined ? {} : { out }),
    });
    const { tape, frames, notes, bad, badLines } = result;
    for (const { file, line, reason } of badLines) this.note(`${file}:${line}: ${reason}`);
    if (bad > badLines.length) this.note(`… and ${bad - badLines.length} more`);
    this.log(`${tape}: ${frames} frames, ${notes} notes, ${bad} lines that could not be read`);
    return this.toRecord({ ...result, type: 'import' });
  }
}

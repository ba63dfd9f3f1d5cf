import { Args, Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';

export default class RecordImport extends KmmCommand<typeof RecordImport> {
  static override summary = 'read recorded Kalshi frames into a tape';
  static override description =
    `NDJSON, plain or .gz: a raw frame per line, or wrapped with its time as recv_ns, recv_ts_ns or recv_ms and the
frame as event, frame or raw. CSV with exchange_ts,recv_ns,price,trade_id: prices of the thing behind the markets, put among
the frames where they were received. A line that cannot be read is counted and named; what was read before it is kept.`;
  static override examples = [
    '<%= config.bin %> record import btc.jsonl.gz',
    '<%= config.bin %> record import morning.ndjson evening.ndjson --out day.tape',
    '<%= config.bin %> record import gold.ndjson.gz --allow-gaps',
    '<%= config.bin %> record import btc.jsonl.gz coinbase.csv.gz --index COINBASE:BTC-USD',
  ];
  static override args = {
    file: Args.string({ required: true, multiple: true, description: 'recorded frames; several are joined' }),
  };
  static override flags = {
    out: Flags.string({ helpValue: 'TAPE', description: 'the tape to write; a new file' }),
    'yes-price': Flags.boolean({ description: 'the recording was made with use_yes_price: asks are YES prices' }),
    'allow-gaps': Flags.boolean({
      description: 'it kept one market of a shared subscription: numbers may be missing',
    }),
    index: Flags.string({
      helpValue: 'ID',
      description: "what the prices of a CSV are called (default: its file's name)",
    }),
  };

  async run(): Promise<object> {
    const { importRecording } = await import('../../lib/app/recording/import-recording.ts');
    const { out, index } = this.flags;
    const result = await importRecording({
      files: this.args.file,
      yesPrice: this.flags['yes-price'] === true,
      isPartial: this.flags['allow-gaps'] === true,
      ...(out === undefined ? {} : { out }),
      ...(index === undefined ? {} : { index }),
    });
    const { tape, frames, references, notes, bad, badLines } = result;
    for (const { file, line, reason } of badLines) this.note(`${file}:${line}: ${reason}`);
    if (bad > badLines.length) this.note(`… and ${bad - badLines.length} more`);
    const prices = references === 0 ? '' : `${references} prices, `;
    this.log(`${tape}: ${frames} frames, ${prices}${notes} notes, ${bad} lines that could not be read`);
    return this.toRecord({ ...result, type: 'import' });
  }
}

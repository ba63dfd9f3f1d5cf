import { Args, Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { dateTimeText } from '../../format.ts';
import type { AlertDesk } from '../../lib/app/alerts/alert-desk.ts';
import { KmmError } from '../../lib/app/errors/errors.ts';
import { EXIT } from '../../lib/app/errors/exit-codes.ts';
import type { Recording, RecordSummary } from '../../lib/app/recording/record-live.ts';
import { recordingLines } from '../../print/recording/recording-text.ts';
import { configurationFlags, exchangeFlags, utcFlag } from '../../shared-flags.ts';

/** What is under way is given so long when it ends. */
const LAST_WORD_MS = 5_000;

export default class Record extends KmmCommand<typeof Record> {
  static override summary = 'record markets, events, or series as they roll, without trading';
  static override description =
    `Every frame in and out, what REST answered, the values of the index behind the series, and each span in which nothing was
heard go to a tape in the data directory, in a file for each UTC day. Places nothing. ^C ends it with a summary. kmm run
records by itself. Exit 10 when the tape has lost something (docs/recording.md).`;
  static override examples = [
    '<%= config.bin %> record KXBTC15M --env prod',
    '<%= config.bin %> record KXBTC15M KXETH15M --for 1h',
    '<%= config.bin %> record KXBTC15M --for 60s --out btc.tape --json',
    '<%= config.bin %> record list',
  ];
  static override args = {
    names: Args.string({ required: true, multiple: true, description: 'markets, events or series' }),
  };
  static override flags = {
    for: Flags.string({ helpValue: '60s', description: 'stop after this much exchange time: 90s, 10m, 2h' }),
    out: Flags.string({ helpValue: 'TAPE', description: 'the tape to write; a new file' }),
    index: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
      helpValue: 'ID',
      description: 'index whose values are recorded too, e.g. BRTI (default: the one that settles the series)',
    }),
    ...utcFlag,
    ...exchangeFlags,
  };

  async run(): Promise<object> {
    const asked = new Promise<string>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(signal));
    });
    const { durationSeconds } = await import('../../lib/app/run/run-flags.ts');
    const { startRecording } = await import('../../lib/app/recording/record-live.ts');
    const { index, out } = this.flags;
    const forSeconds = durationSeconds(this.flags.for);
    const access = await this.unlocked(await this.access(configurationFlags(this.flags)));
    const exchange = await this.useExchange(access, this.args.names);
    const desk = await this.#desk();
    try {
      const recording = await startRecording({
        ...{ home: access.home, link: exchange.link, names: this.args.names },
        ...(index !== undefined && { indices: index }),
        ...(out !== undefined && { out }),
        onNote: (text) => this.note(text),
        onAlerts: (alerts) => desk.queue(alerts),
      });
      desk.start();
      this.note(`writing ${recording.tape}`);
      return this.#finish(await this.#record(recording, asked, forSeconds));
    } finally {
      await desk.close(LAST_WORD_MS);
      await exchange.close();
    }
  }

  async #record(recording: Recording, asked: Promise<string>, forSeconds: number | undefined): Promise<RecordSummary> {
    const elapsed = new Promise<string>((resolve) => {
      if (forSeconds !== undefined) recording.after(forSeconds, () => resolve('--for'));
    });
    const end = await Promise.race([asked, elapsed, recording.over]);
    const isFault = end instanceof KmmError;
    const summary = await recording.stop(isFault ? end.code : end);
    if (!isFault) return summary;
    this.#finish(summary);
    throw end;
  }

  #finish(summary: RecordSummary): object {
    for (const line of recordingLines(summary)) this.log(line);
    if (summary.lost > 0) {
      this.log('Try: kmm explain KMM_TAPE_NOT_WHOLE');
      process.exitCode = EXIT.gate;
    }
    const { startedAt, endedAt, counts, ...rest } = summary;
    const [from, to] = [startedAt, endedAt].map((at) => new Date(at).toISOString());
    this.note(`from ${dateTimeText(startedAt, this.zone)} to ${dateTimeText(endedAt, this.zone)}`);
    const record = { type: 'recording', env: this.environment, ...rest, startedAt: from, endedAt: to, ...counts };
    return this.toRecord(record);
  }

  /** Its own way to people: the configuration, and the database beside it or none. A mistake there stops no recording. */
  async #desk(): Promise<AlertDesk> {
    const { alertsAnyway } = await import('../../lib/app/alerts/settings.ts');
    const { deskOf } = await import('../../lib/app/alerts/tell.ts');
    const { homeOf } = await import('../../lib/app/config/home.ts');
    const { environment } = this;
    const { config: file } = this.flags;
    const { settings, problem } = alertsAnyway({ environment, ...(file === undefined ? {} : { file }) });
    if (problem !== undefined) this.note(`nobody is alerted: ${problem.what}`);
    return deskOf({ home: homeOf(environment), settings, note: (text) => this.note(text) });
  }
}

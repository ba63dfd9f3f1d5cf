import { Args } from '@oclif/core';
import { KmmCommand } from '../base-command.ts';
import { epochMs } from '../lib/core/units.ts';
import { whyRecord } from '../print/market/why-record.ts';
import { whyLines } from '../print/market/why-text.ts';
import { utcFlag } from '../shared-flags.ts';

export default class Why extends KmmCommand<typeof Why> {
  static override summary = 'what a market decided at a moment, and why: inputs, numbers, gates, orders';
  static override description =
    `From the journal alone: beside a trader that runs, or long after. TIME is a time of day in New York, a full time
with its zone, or so long ago; without it the latest moment. Of a series or an event, its markets of that moment.
Figures are as they were at the time said as decided; what was done on each side is as it was at the moment itself.`;
  static override examples = [
    '<%= config.bin %> why KXBTC15M',
    '<%= config.bin %> why KXHIGHNY-26NOV20-T50 14:03:22',
    '<%= config.bin %> why KXBTC15M -5m --json',
  ];
  static override args = {
    ticker: Args.string({ required: true, description: 'market, event or series' }),
    time: Args.string({ description: '14:03:22 (ET), 2026-11-20T14:03:22-05:00, or -5m' }),
  };
  static override flags = { ...utcFlag };

  /** "-5m" would be taken for flags. */
  override async init(): Promise<void> {
    this.argv = this.argv.map((word) => (/^-\d/.test(word) ? word.slice(1) : word));
    await super.init();
  }

  async run(): Promise<object> {
    const { why } = await import('../lib/app/why/why.ts');
    const { ticker, time } = this.args;
    const { home } = await this.places();
    const report = why({ home, name: ticker, now: epochMs(Date.now()), ...(time !== undefined && { time }) });
    if (time === undefined && !report.isRunning) this.note('no kmm runs here now: this is the last moment on record');
    for (const line of whyLines(report, { signs: this.glyphs, zone: this.zone })) this.log(line);
    return this.toRecord(whyRecord(report, this.environment));
  }
}

import { Flags } from '@oclif/core';
import { backtestFlags, calibrationsOf, cashOf, settingsOf, sourcesOf, waysOf } from '../../backtest-flags.ts';
import { KmmCommand } from '../../base-command.ts';
import { quotable } from '../../lib/app/config/fitted-weight.ts';
import { EXIT } from '../../lib/app/errors/exit-codes.ts';

export default class BacktestLookahead extends KmmCommand<typeof BacktestLookahead> {
  static override summary = 'does a decision know the future? runs with the end of the data cut off, and compares';
  static override description =
    'What was asked for before each cut must be what the whole data gives. The first difference is named, and ends with exit code 10.';
  static override examples = [
    '<%= config.bin %> backtest lookahead --data gold.ndjson.gz --outcomes markets.csv --strategy cara',
    '<%= config.bin %> backtest lookahead --data day.tape --cuts 10',
  ];
  static override flags = {
    ...backtestFlags,
    cuts: Flags.integer({ default: 3, min: 1, max: 100, description: 'moments at which the data is cut off' }),
  };

  async run(): Promise<object> {
    const { lookForLookahead } = await import('../../lib/app/backtest/lookahead.ts');
    const { loadBacktest } = await import('../../lib/app/backtest/load.ts');
    const { jobOf } = await import('../../lib/app/backtest/run-bands.ts');
    const { turn, seed, cuts } = this.flags;
    const { parameters, home } = quotable(await this.configuration(settingsOf(this.flags)));
    const sources = sourcesOf(this.flags, home);
    const request = {
      sources,
      parameters,
      calibrations: await calibrationsOf(this.flags, parameters, home),
      latency: waysOf(this.flags),
      turnMs: turn,
      seed,
      cash: cashOf(this.flags),
    };
    const job = jobOf({ ...request, sampleMs: 1_000 }, 'calibrated');
    const report = lookForLookahead(job, await loadBacktest(sources), cuts);
    const { difference, intents } = report;
    for (const { at, compared } of report.cuts)
      this.log(`cut at ${new Date(at).toISOString()}: ${compared} intents, the same`);
    if (difference === null) this.log(`no decision knew the future (${intents} intents in all)`);
    else {
      const { cut, at, whole, cutOff } = difference;
      this.log(`DIFFERS at ${new Date(at).toISOString()}, with the data cut off at ${new Date(cut).toISOString()}`);
      this.log(`  whole   ${whole ?? 'nothing'}`);
      this.log(`  cut off ${cutOff ?? 'nothing'}`);
      process.exitCode = EXIT.gate;
    }
    return this.toRecord({ type: 'backtest_lookahead', ...report });
  }
}

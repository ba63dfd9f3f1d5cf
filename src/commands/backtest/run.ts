import { Flags } from '@oclif/core';
import { BacktestCommand } from '../../backtest-command.ts';
import { backtestFlags, calibrationsOf, cashOf, settingsOf, sourcesOf, waysOf } from '../../backtest-flags.ts';
import { FILL_MODES } from '../../lib/app/backtest/fill-rules.ts';
import type { BandsRun } from '../../lib/app/backtest/run-bands.ts';
import { quotable } from '../../lib/app/config/fitted-weight.ts';
import { KmmError } from '../../lib/app/errors/errors.ts';
import { backtestDocument } from '../../print/backtest/backtest-document.ts';

export default class BacktestRun extends BacktestCommand<typeof BacktestRun> {
  static override summary =
    'trade recorded markets with the live engine, with a place in the queue and delays on every way';
  static override description =
    `Same engine, risk gate, fees, leases and settlement as live. What recorded books do not say is whose size was cancelled, so
three fill assumptions are run side by side (docs/backtesting.md). Results are kept under the environment's folder, or --out.`;
  static override examples = [
    '<%= config.bin %> backtest run --data gold.ndjson.gz --outcomes markets.csv --strategy cara',
    '<%= config.bin %> backtest run --data a.jsonl.gz b.jsonl.gz --strategy as --fill calibrated --latency 20,40,20',
    '<%= config.bin %> backtest run --data day.tape --set quoter.cara.gamma_per_dollar=0.02 --json',
  ];
  static override flags = {
    ...backtestFlags,
    fill: Flags.option({
      options: [...FILL_MODES, 'all'] as const,
      default: 'all' as const,
      description: 'how much is believed of our place in the queue',
    })(),
    'fill-model': Flags.string({
      helpValue: 'FILE',
      description: 'what calibrated fills use; default: the newest that was fitted here, else what kmm brings along',
    }),
    'model-days-max': Flags.integer({
      helpValue: 'DAYS',
      min: 1,
      default: 7,
      description: 'refuse a fitted model that is older',
    }),
    out: Flags.string({ helpValue: 'DIR', description: 'keep the results here' }),
    sensitivity: Flags.boolean({ description: 'and again a tick wider and nearer, with other fees and delays' }),
  };

  async run(): Promise<object> {
    const { runBands } = await import('../../lib/app/backtest/run-bands.ts');
    const { backtestsOf } = await import('../../lib/app/backtest/files.ts');
    const { freshFill } = await import('../../lib/app/model/model-age.ts');
    const { fittedFillFor } = await import('../../lib/app/model/fitted-fill.ts');
    const { fill, 'fill-model': fillModel, 'model-days-max': days, out, turn, seed } = this.flags;
    const { parameters, home } = quotable(await this.configuration(settingsOf(this.flags)));
    const sources = sourcesOf(this.flags, home);
    // A model that nobody asks for stops no run by being old.
    const isFitted = fill === 'all' || fill === 'calibrated' || fillModel !== undefined;
    const fittedFor = (series: readonly string[]) =>
      freshFill(fittedFillFor(series, home.calib, fillModel), Date.now(), days);
    const { results, setId, folders, sensitivity } = await runBands({
      ...{ sources, parameters, latency: waysOf(this.flags), turnMs: turn, seed, cash: cashOf(this.flags) },
      ...{ modes: fill === 'all' ? FILL_MODES : [fill], sampleMs: SAMPLE_MS, folder: out ?? backtestsOf(home) },
      calibrations: await calibrationsOf(this.flags, parameters, home),
      ...(isFitted && { fittedFor }),
      onBand: (mode) => this.note(`${mode} ...`),
      ...(this.flags.sensitivity && { onVariation: (done, all) => this.progress(`run ${done} of ${all}`) }),
    });
    await this.#print(setId, results, sensitivity);
    for (const folder of folders) this.log(`kept in ${folder}`);
    const failure = results.find((result) => result.failure !== undefined)?.failure;
    if (failure !== undefined) {
      if (this.jsonEnabled()) this.printRecord({ type: 'backtest_run', setId, folders, results: results.map(brief) });
      const at = `${new Date(failure.at).toISOString()}, turn ${failure.turn}`;
      throw new KmmError(
        'KMM_BACKTEST_FAILED',
        `${at}: ${failure.message}; what came before is in ${folders.join(', ')}`,
      );
    }
    return this.toRecord({ type: 'backtest_run', setId, folders, results: results.map(brief) });
  }

  async #print(setId: string, results: BandsRun['results'], sensitivity: BandsRun['sensitivity']): Promise<void> {
    if (this.jsonEnabled()) return;
    const { backtestReport } = await import('../../lib/app/backtest/report.ts');
    const { reportText } = await import('../../print/report/report-text.ts');
    const document = backtestDocument(backtestReport(setId, results, sensitivity));
    for (const line of reportText(document, this.layout)) this.log(line);
    this.log();
  }
}

/** The fair value is noted once a second. */
const SAMPLE_MS = 1_000;

type Result = BandsRun['results'][number];

/** Without the rows: those are in the kept result. */
function brief({ runId, job, totals, isPartial, assumptions, notes, gaps }: Result) {
  return { runId, fill: job.fill, strategy: job.parameters.strategy, totals, isPartial, assumptions, notes, gaps };
}

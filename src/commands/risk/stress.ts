import { Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { KmmError } from '../../lib/app/errors/errors.ts';
import { type Centicents, formatPrice, parseScaled } from '../../lib/core/units.ts';
import { sourceLine } from '../../print/operator/risk-text.ts';
import { scenarioColumns, scenarioRecord, tailLines, tailRecord } from '../../print/operator/stress-text.ts';
import { plainLine, textTable } from '../../print/text-table.ts';
import { configurationFlags, exchangeFlags, plainFlag, utcFlag } from '../../shared-flags.ts';

export default class RiskStress extends KmmCommand<typeof RiskStress> {
  static override summary =
    'what would become of the account: worst ends, all YES, all NO, a shock, a pause, every order filled; VaR';
  static override description =
    `Profits count as the limits count them: since each event's first fill, fees included. --pmf is a file of chances for the ends
of events; VaR and shortfall then follow from it, exactly for one event and by 10,000 joint draws for several; an event without
chances counts at its worst. Without --pmf every event does. The file:
{"schema": "kmm-pmf/1", "correlation": 0.3, "events": {"EVENT": {"markets": {"TICKER": 0.2, "TICKER2": 0.7}, "none": 0.1}}}
The source is chosen as by kmm risk show. Sends nothing.`;
  static override examples = [
    '<%= config.bin %> risk stress',
    '<%= config.bin %> risk stress --shock-cents 25 --env prod',
    '<%= config.bin %> risk stress --pmf chances.json --json',
  ];
  static override flags = {
    'shock-cents': Flags.string({ default: '10', description: 'how far every price moves, cents' }),
    pmf: Flags.string({ helpValue: 'FILE', description: 'chances for the ends of events, as JSON' }),
    offline: Flags.boolean({ description: 'do not ask the exchange where no trader runs' }),
    ...plainFlag,
    ...utcFlag,
    ...exchangeFlags,
  };

  async run(): Promise<object> {
    const shock = shockOf(this.flags['shock-cents']);
    const { readPmf } = await import('../../lib/app/risk/pmf-file.ts');
    const pmf = this.flags.pmf === undefined ? undefined : readPmf(this.flags.pmf);
    const { riskOf } = await import('../../lib/app/risk/risk-of.ts');
    const { stressOf } = await import('../../lib/app/risk/stress.ts');
    const configuration = await this.configuration(configurationFlags(this.flags));
    const report = await riskOf(configuration, { isOffline: this.flags.offline });
    const { scenarios, tails, idle } = stressOf(report.view, shock, pmf);
    for (const note of [...report.notes, ...idle]) this.note(note);
    const columns = scenarioColumns(shock, this.glyphs);
    if (this.flags.plain) for (const one of scenarios) this.log(plainLine(columns, one));
    else {
      this.log(sourceLine(report, 'positions and orders', configuration.env, this.zone));
      for (const line of textTable(columns, scenarios, this.layout)) this.log(line);
      for (const line of tailLines(tails)) this.log(line);
    }
    return this.toRecord({
      type: 'risk_stress',
      ...{ env: configuration.env, source: report.source, at: new Date(report.view.at).toISOString() },
      ...{ notes: [...report.notes, ...idle], shockDollars: formatPrice(shock) },
      scenarios: scenarios.map(scenarioRecord),
      tails: tails.map(tailRecord),
    });
  }
}

/** Throws KMM_USAGE. */
function shockOf(text: string): Centicents {
  const shock = parseScaled(text, 2);
  if (shock !== undefined && shock > 0 && shock < 10_000) return shock as Centicents;
  throw new KmmError('KMM_USAGE', `--shock-cents ${text} is no move between 0 and 100 cents`);
}

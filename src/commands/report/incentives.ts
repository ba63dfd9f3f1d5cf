import { epochMs } from '../../lib/core/units.ts';
import { incentivesDocument, incentivesRecord } from '../../print/report/incentives-document.ts';
import { ReportCommand, reportFlags } from '../../report-command.ts';
import { exchangeFlags } from '../../shared-flags.ts';

export default class ReportIncentives extends ReportCommand<typeof ReportIncentives> {
  static override summary = 'incentive programmes: what they ask, what we show, what our share may be worth';
  static override description =
    `Asks the exchange for its active programmes and, of markets that we quote, for the book; the rest is from the journal: our
resting orders, and how the week was quoted. What is expected is an estimate from one look.`;
  static override examples = [
    '<%= config.bin %> report incentives --env prod',
    '<%= config.bin %> report incentives --format csv --out incentives.csv',
  ];
  static override flags = { ...reportFlags, ...exchangeFlags };

  async run(): Promise<object> {
    const { existsSync } = await import('node:fs');
    const { periodAt } = await import('../../lib/app/report/period.ts');
    const { incentiveReport, ownLevels, weekOfQuotes } = await import('../../lib/app/report/incentive-report.ts');
    const now = epochMs(Date.now());
    const { home } = await this.places();
    const isKnown = existsSync(home.database);
    const figures = isKnown ? await weekOfQuotes(home, periodAt('week', 'today', now), this.flags.account) : [];
    const own = isKnown ? ownLevels(home, now) : [];
    const { rows, isCut } = await this.look((reading) => incentiveReport(reading, figures, own));
    return this.publish({
      document: incentivesDocument(this.environment, now, rows, isCut),
      record: this.toRecord(incentivesRecord(this.environment, now, rows, isCut)),
    });
  }
}

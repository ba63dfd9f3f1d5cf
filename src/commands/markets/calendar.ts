import { Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { comingEvents } from '../../lib/core/clock/coming.ts';
import { RELEASES } from '../../lib/core/clock/release-dates.ts';
import { endsOn } from '../../lib/core/clock/releases.ts';
import { dayOfDate, easternDay } from '../../lib/core/eastern.ts';
import { epochMs } from '../../lib/core/units.ts';
import { calendarColumns, calendarRecord } from '../../print/calendar-columns.ts';
import { plainLine, textTable } from '../../print/text-table.ts';
import { plainFlag, utcFlag } from '../../shared-flags.ts';

const DAY_MS = 86_400_000;

export default class MarketsCalendar extends KmmCommand<typeof MarketsCalendar> {
  static override summary = 'what comes: news that stops quotes, maintenance, holidays and early closes';
  static override description =
    `CPI, employment, FOMC, TSA and climate reports, the exchange's weekly maintenance, and the days on which New York trades
less or not at all. Around news nothing rests that it moves: clock.news_before_seconds and clock.news_after_seconds. Needs
neither a network nor a key; times are New York's.`;
  static override examples = [
    '<%= config.bin %> markets calendar',
    '<%= config.bin %> markets calendar --days 30 --series KXBTC15M',
    '<%= config.bin %> markets calendar --json',
  ];
  static override flags = {
    days: Flags.integer({ default: 7, min: 1, max: 400, description: 'so far ahead' }),
    series: Flags.string({ helpValue: 'TICKER', description: 'only what moves this series' }),
    ...plainFlag,
    ...utcFlag,
  };

  async run(): Promise<object> {
    const { presentOf } = await import('../../lib/app/report/report-account.ts');
    const { days, series, plain } = this.flags;
    const { home } = await this.places();
    const now = await presentOf(home, Date.now());
    const rows = comingEvents(await this.news(), now, epochMs(now + days * DAY_MS), series?.toUpperCase());
    const columns = calendarColumns(now, this.zone);
    if (plain) for (const row of rows) this.log(plainLine(columns, row));
    else if (rows.length > 0) for (const line of textTable(columns, rows, this.layout)) this.log(line);
    if (rows.length === 0) this.note(`nothing is known of the next ${days} days`);
    for (const release of RELEASES) {
      const end = endsOn(release);
      if (end !== undefined && dayOfDate(end) < easternDay(now) + days)
        this.note(`the dates of ${release.name} end on ${end}: what comes later is not known`);
    }
    return this.toRecord({ type: 'calendar', days, events: rows.map(calendarRecord) });
  }
}

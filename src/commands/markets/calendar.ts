import { Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { calendarColumns, calendarRecord } from '../../print/market/calendar-columns.ts';
import { plainLine, textTable } from '../../print/text-table.ts';
import { plainFlag, utcFlag } from '../../shared-flags.ts';

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
    const { calendarOf } = await import('../../lib/app/markets/calendar.ts');
    const { days, series, plain } = this.flags;
    const { home } = await this.places();
    const now = await presentOf(home, Date.now());
    const { events: rows, ends } = calendarOf(await this.news(), now, days, series?.toUpperCase());
    const columns = calendarColumns(now, this.zone);
    if (plain) for (const row of rows) this.log(plainLine(columns, row));
    else if (rows.length > 0) for (const line of textTable(columns, rows, this.layout)) this.log(line);
    if (rows.length === 0) this.note(`nothing is known of the next ${days} days`);
    for (const { name, date } of ends) this.note(`the dates of ${name} end on ${date}: what comes later is not known`);
    return this.toRecord({ type: 'calendar', days, events: rows.map(calendarRecord) });
  }
}

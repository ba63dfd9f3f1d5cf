import { Args, Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';

export default class DbSql extends KmmCommand<typeof DbSql> {
  static override summary = 'ask the database: one SELECT, rows between tabs';
  static override description =
    'Open for reading only, beside whoever writes. Prices are centicents, sizes centicontracts, money microdollars, times epoch ms.';
  static override examples = [
    `<%= config.bin %> db sql "SELECT name, reason FROM latches"`,
    `<%= config.bin %> db sql "SELECT ticker, count(*) FROM fills GROUP BY ticker" --env prod --json`,
  ];
  static override args = { sql: Args.string({ required: true, description: 'one statement that gives rows' }) };
  static override flags = {
    limit: Flags.integer({ default: 1_000, min: 1, max: 1_000_000, description: 'rows at most' }),
  };

  async run(): Promise<object> {
    const { queryDatabase } = await import('../../lib/app/db/query-database.ts');
    const { home } = await this.places();
    const answer = queryDatabase(home, this.args.sql, this.flags.limit);
    const line = (cells: readonly unknown[]) =>
      cells.map((cell) => String(cell ?? '').replaceAll(/[\t\n]/g, ' ')).join('\t');
    this.log(line(answer.columns));
    for (const row of answer.rows) this.log(line(row));
    if (answer.isCut) this.note(`there are more than ${this.flags.limit} rows: --limit`);
    return this.toRecord({ type: 'db_rows', env: home.env, ...answer });
  }
}

import { KmmCommand } from '../../base-command.ts';
import { KmmError } from '../../lib/app/errors/errors.ts';
import { databaseLines } from '../../print/operator/database-text.ts';

export default class DbCheck extends KmmCommand<typeof DbCheck> {
  static override summary = 'look the database through from end to end';
  static override description =
    `Pages and indexes, references, the hash chain over all turns, the version and what a start would bring it to, and the
tapes that sessions name. Changes nothing, and may run beside a kmm. Ends with exit 3 when it must not be trusted.`;
  static override examples = ['<%= config.bin %> db check', '<%= config.bin %> db check --env prod --json'];

  async run(): Promise<object> {
    const { checkDatabase } = await import('../../lib/app/db/check-database.ts');
    const { home } = await this.places();
    const report = checkDatabase(home);
    for (const line of databaseLines(report, this.glyphs)) this.log(line);
    const record = { type: 'db_check', ...report };
    if (report.fault === null) return this.toRecord(record);
    this.printRecord(record);
    throw new KmmError('KMM_DB_UNREADABLE', `${report.file}: ${report.fault}`, {
      next: ['kmm db restore FILE', `ls ${home.directory}`],
    });
  }
}

import { KmmCommand } from '../../base-command.ts';
import { aloneLines } from '../../print/recording/archive-text.ts';
import { tapeColumns, tapeRecord } from '../../print/recording/tape-text.ts';
import { plainLine, textTable } from '../../print/text-table.ts';
import { plainFlag, utcFlag } from '../../shared-flags.ts';

export default class RecordList extends KmmCommand<typeof RecordList> {
  static override summary = 'the tapes of this environment: span, markets, frames, size, state';
  static override description =
    `whole: ended in good order. writing: a process has it open. killed: its writer died, its last moments are missing.
unreadable: kmm record info says why. Below stand tapes that only the archive has. A tape of several days is several files; they are counted as one here.`;
  static override examples = ['<%= config.bin %> record list', '<%= config.bin %> record list --env prod --json'];
  static override flags = { ...plainFlag, ...utcFlag };

  async run(): Promise<object> {
    const { listTapes } = await import('../../lib/app/recording/list-tapes.ts');
    const { homeOf } = await import('../../lib/app/config/home.ts');
    const { archivedAlone } = await import('../../lib/app/archive/is-archived.ts');
    const home = homeOf(this.environment);
    const rows = listTapes(home);
    const alone = archivedAlone(home);
    const columns = tapeColumns(this.glyphs, this.zone);
    if (this.flags.plain) for (const row of rows) this.log(plainLine(columns, row));
    else if (rows.length === 0) this.log('there is no tape yet');
    else for (const line of textTable(columns, rows, this.layout)) this.log(line);
    if (!this.flags.plain) for (const line of aloneLines(alone)) this.log(line);
    return this.toRecord({ type: 'tapes', env: this.environment, tapes: rows.map(tapeRecord), archivedAlone: alone });
  }
}

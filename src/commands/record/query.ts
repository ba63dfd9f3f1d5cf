import { Args, Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { KmmError } from '../../lib/app/errors/errors.ts';
import { EXIT } from '../../lib/app/errors/exit-codes.ts';
import { viewLines } from '../../print/recording/archive-text.ts';

export default class RecordQuery extends KmmCommand<typeof RecordQuery> {
  static override summary = 'ask the archive: one SELECT in the SQL of DuckDB';
  static override description =
    `Reads the views of --tables and nothing else: no other file, no network, no setting, and it changes nothing. Prices are
centicents and DECIMAL dollars, sizes centicontracts and DECIMAL contracts, money microdollars, times epoch ms and UTC.
Days are UTC. Answers of any length come row by row; a file is whole or not there. ^C calls the question off.`;
  static override examples = [
    '<%= config.bin %> record query --tables',
    `<%= config.bin %> record query "SELECT date, series, count(*) FROM deltas GROUP BY ALL ORDER BY ALL"`,
    `<%= config.bin %> record query "SELECT * FROM trades WHERE date = '2026-05-13'" --out parquet --file trades.parquet`,
  ];
  static override args = { sql: Args.string({ description: 'one SELECT' }) };
  static override flags = {
    tables: Flags.boolean({ description: 'list what can be asked, with its columns' }),
    out: Flags.option({
      options: ['csv', 'json', 'parquet'] as const,
      description: 'csv (default; with --json: json), json: a line a row, or parquet, with --file',
    })(),
    file: Flags.string({ helpValue: 'PATH', description: 'write this file, whole or not at all, instead of printing' }),
    timeout: Flags.integer({ default: 300, min: 1, max: 86_400, description: 'seconds an answer may take' }),
  };

  async run(): Promise<object | undefined> {
    const { flags } = this;
    const { archiveViews, queryArchive, writeAnswer } = await import('../../lib/app/archive/query-archive.ts');
    const { home } = await this.places();
    if (flags.tables) {
      const views = await archiveViews(home);
      for (const line of viewLines(views)) this.log(line);
      return this.toRecord({ type: 'record_tables', env: home.env, tables: views });
    }
    const { sql } = this.args;
    if (sql === undefined) throw new KmmError('KMM_USAGE', 'say what is asked, or --tables');
    const format = flags.out ?? (this.jsonEnabled() ? 'json' : 'csv');
    this.#assertPrintable(format);
    return this.#whileWanted(async (signal) => {
      const request = { home, sql, format, signal };
      if (flags.file === undefined) {
        await queryArchive(request, (text) => this.writeOut(text));
        return undefined;
      }
      const written = await writeAnswer(request, flags.file);
      this.log(`${written.file}: ${written.rows} rows, ${written.bytes} bytes`);
      return this.toRecord({ type: 'record_query', env: home.env, format, ...written });
    });
  }

  #assertPrintable(format: string): void {
    if (this.flags.file !== undefined) return;
    if (format === 'parquet') throw new KmmError('KMM_USAGE', 'Parquet is no text: name a file with --file');
    if (format === 'csv' && this.jsonEnabled())
      throw new KmmError(
        'KMM_USAGE',
        'with --json the rows are JSON: leave --out csv away, or name a file with --file',
      );
  }

  /** Until it is answered, its time is over, or ^C. */
  async #whileWanted<Answer>(ask: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    const abort = new AbortController();
    const { timeout } = this.flags;
    const timer = setTimeout(() => abort.abort(`it was not answered within ${timeout} s`), timeout * 1_000);
    const interrupt = () => {
      if (abort.signal.aborted) process.exit(EXIT.interrupted);
      abort.abort(INTERRUPTED);
    };
    process.on('SIGINT', interrupt);
    try {
      return await ask(abort.signal);
    } catch (error) {
      if (abort.signal.reason !== INTERRUPTED) throw error;
      this.note('called off');
      process.exit(EXIT.interrupted);
    } finally {
      clearTimeout(timer);
      process.removeListener('SIGINT', interrupt);
    }
  }
}

const INTERRUPTED = 'called off';

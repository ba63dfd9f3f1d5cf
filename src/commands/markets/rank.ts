import { Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import type { HonestySettings } from '../../lib/app/config/honesty.ts';
import { KmmError } from '../../lib/app/errors/errors.ts';
import type { Standing } from '../../lib/core/honesty/standing.ts';
import { rankColumns, rankedRecord, refusedText } from '../../print/market/rank-text.ts';
import { plainLine, textTable } from '../../print/text-table.ts';
import { exchangeFlags, plainFlag } from '../../shared-flags.ts';

export default class MarketsRank extends KmmCommand<typeof MarketsRank> {
  static override summary =
    'open markets in the order of what they are worth to us, with the reasons against the others';
  static override description =
    `MAKING is what takers bring an hour over the collateral of a contract, INFORMED what the fair value knows more than the
book, for its spread and fees (docs/selection.md). Markets that the filters or the avoid list of [selection] refuse are left
out; --all shows them with every reason. kmm run --auto N quotes the best of those named in [markets].`;
  static override examples = [
    '<%= config.bin %> markets rank',
    '<%= config.bin %> markets rank --series KXBTCD,KXHIGHNY --all',
    '<%= config.bin %> markets rank --by informed --limit 5 --json',
  ];
  static override flags = {
    series: Flags.string({ helpValue: 'LIST', description: 'of these series alone, comma-separated' }),
    by: Flags.option({ options: ['making', 'informed'] as const, description: 'what comes first' })(),
    all: Flags.boolean({ description: 'also those that are not taken' }),
    limit: Flags.integer({ default: 50, min: 1, max: 5_000, description: 'rows' }),
    ...plainFlag,
    ...exchangeFlags,
  };

  async run(): Promise<object> {
    const { rankedMarkets } = await import('../../lib/app/markets/rank-markets.ts');
    const series = this.#series();
    const { rules, sources, honesty } = await this.ranking();
    const standings = honesty === undefined ? [] : await this.#standings(honesty);
    const by = this.flags.by ?? rules.by;
    return this.look(async ({ catalogue, rest, clock }) => {
      const now = clock.now();
      const settings = { rules: { ...rules, by }, sources, standings };
      const { ranked, isCut, unread } = await rankedMarkets({ ...settings, catalogue, rest, series, now });
      const matching = this.flags.all ? ranked : ranked.filter(({ refusals }) => refusals.length === 0);
      const rows = matching.slice(0, this.flags.limit);
      const columns = rankColumns(this.glyphs, now);
      if (this.flags.plain) for (const row of rows) this.log(plainLine(columns, row));
      else if (rows.length > 0) for (const line of textTable(columns, rows, this.layout)) this.log(line);
      if (rows.length < matching.length) this.note(`${rows.length} of ${matching.length}; --limit shows more`);
      if (!this.flags.all && ranked.length > matching.length) {
        this.note(
          `${ranked.length - matching.length} of ${ranked.length} left out: ${refusedText(ranked)}; --all shows them`,
        );
      }
      if (ranked.length === 0) this.note('no market is open');
      for (const text of unread) this.note(text);
      if (isCut) this.note('the exchange lists more than was read: name a --series');
      return this.toRecord({
        ...{ type: 'markets_rank', by, read: ranked.length, matched: matching.length, isCut, unread },
        markets: rows.map(rankedRecord),
      });
    });
  }

  /** As the last session of this environment left them. */
  async #standings(honesty: HonestySettings): Promise<readonly Standing[]> {
    const { knownStandings } = await import('../../lib/app/honesty/known-standings.ts');
    const { presentOf } = await import('../../lib/app/report/report-account.ts');
    const { home } = await this.places();
    return knownStandings({ home, honesty }, await presentOf(home, Date.now()));
  }

  /** Throws KMM_USAGE. */
  #series(): readonly string[] {
    const { series } = this.flags;
    if (series === undefined) return [];
    const names = [...new Set(series.split(',').map((name) => name.trim().toUpperCase()))];
    const wrong = names.find((name) => !/^[A-Z0-9]{1,32}$/.test(name));
    if (wrong !== undefined) throw new KmmError('KMM_USAGE', `--series ${series}: "${wrong}" is no series`);
    return names;
  }
}

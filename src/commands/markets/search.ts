import { Args, Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { ageText } from '../../format.ts';
import type { Hit } from '../../lib/app/markets/search-markets.ts';
import type { EpochMs } from '../../lib/core/units.ts';
import { isoTime } from '../../print/market/market-record.ts';
import { plainLine, type TextColumn, textTable } from '../../print/text-table.ts';
import { exchangeFlags, plainFlag } from '../../shared-flags.ts';

export default class MarketsSearch extends KmmCommand<typeof MarketsSearch> {
  static override summary = 'find series, events and open markets by words of their titles and tickers';
  static override description =
    `Every word must be found; the best come first. Reads all series and the first 2,000 open events, and says when
there are more. --json prints one object (docs/json.md).`;
  static override examples = [
    '<%= config.bin %> markets search bitcoin',
    '<%= config.bin %> markets search new york high',
  ];
  static override args = {
    words: Args.string({ required: true, multiple: true, description: 'of titles and tickers' }),
  };
  static override flags = {
    limit: Flags.integer({ default: 20, min: 1, max: 1_000, description: 'rows' }),
    ...plainFlag,
    ...exchangeFlags,
  };

  async run(): Promise<object> {
    const { searchMarkets } = await import('../../lib/app/markets/search-markets.ts');
    const { words } = this.args;
    return this.look(async ({ catalogue, clock }) => {
      const { hits, matched, isCut, readEvents } = await searchMarkets(catalogue, words, this.flags.limit);
      const columns = this.#columns(clock.now());
      if (this.flags.plain) for (const hit of hits) this.log(plainLine(columns, hit));
      else if (hits.length > 0) for (const line of textTable(columns, hits, this.layout)) this.log(line);
      if (hits.length === 0) this.note(`nothing that is listed has ${words.join(' and ')} in it`);
      else if (matched > hits.length) this.note(`the best ${hits.length} of ${matched}; --limit shows more`);
      if (isCut)
        this.note(`only the first ${readEvents} open events were read: look into a series with kmm markets show`);
      return this.toRecord({ type: 'search', matched, isCut, readEvents, hits: hits.map(hitRecord) });
    });
  }

  #columns(now: EpochMs): readonly TextColumn<Hit>[] {
    const closes = (at: number) => (at > now ? ageText(at - now) : this.glyphs.dash);
    return [
      { title: 'KIND', align: 'left', leaves: 3, cell: ({ kind }) => kind },
      { title: 'TICKER', align: 'left', leaves: 0, shrinks: { good: 24, least: 16 }, cell: ({ ticker }) => ticker },
      { title: 'TITLE', align: 'left', leaves: 1, shrinks: { good: 24, least: 10 }, cell: ({ title }) => title },
      {
        title: 'CLOSES',
        align: 'right',
        leaves: 2,
        cell: ({ closeAt }) => (closeAt === undefined ? '' : closes(closeAt)),
      },
    ];
  }
}

function hitRecord({ closeAt, ...hit }: Hit) {
  return { ...hit, closeAt: closeAt === undefined ? null : isoTime(closeAt) };
}

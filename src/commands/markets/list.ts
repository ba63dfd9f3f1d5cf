import { Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { KmmError } from '../../lib/app/errors/errors.ts';
import { type MarketFilter, SORT_KEYS, STATUS_WORDS } from '../../lib/app/markets/list-markets.ts';
import { durationSeconds } from '../../lib/app/run/run-flags.ts';
import { type EpochMs, parseSize } from '../../lib/core/units.ts';
import { marketColumns } from '../../print/market/market-columns.ts';
import { marketRecord } from '../../print/market/market-record.ts';
import { plainLine, textTable } from '../../print/text-table.ts';
import { exchangeFlags, plainFlag } from '../../shared-flags.ts';

export default class MarketsList extends KmmCommand<typeof MarketsList> {
  static override summary = 'markets that match, with their top of book';
  static override description =
    `Prices in cents of YES; a side with nobody on it is a dash. On a narrow terminal columns leave in this order:
status, open interest, last, spread, volume, close, title. --json prints one object (docs/json.md).`;
  static override examples = [
    '<%= config.bin %> markets list --series KXBTCD',
    '<%= config.bin %> markets list --closes-within 2h --sort close',
    '<%= config.bin %> markets list --volume-min 100 --sort volume --limit 20 --json',
  ];
  static override flags = {
    series: Flags.string({ helpValue: 'TICKER', description: 'of this series' }),
    event: Flags.string({ helpValue: 'TICKER', description: 'of this event' }),
    status: Flags.option({
      options: [...STATUS_WORDS, 'all'] as const,
      default: 'open' as const,
      description: 'state',
    })(),
    'closes-within': Flags.string({ helpValue: '2h', description: 'that close before this much time is over' }),
    'closes-after': Flags.string({ helpValue: '1h', description: 'that close later than in this much time' }),
    'volume-min': Flags.string({ helpValue: 'N', description: 'contracts traded in 24 hours, at least' }),
    sort: Flags.option({ options: SORT_KEYS, default: 'volume' as const, description: 'what comes first' })(),
    limit: Flags.integer({ default: 50, min: 1, max: 5_000, description: 'rows' }),
    ...plainFlag,
    ...exchangeFlags,
  };

  async run(): Promise<object> {
    const { listMarkets } = await import('../../lib/app/markets/list-markets.ts');
    this.#filter(0 as EpochMs);
    return this.look(async ({ catalogue, clock }) => {
      const now = clock.now();
      const { rows, matched, isCut, read } = await listMarkets(catalogue, this.#filter(now));
      const columns = marketColumns(this.glyphs, now);
      if (this.flags.plain) for (const row of rows) this.log(plainLine(columns, row));
      else if (rows.length > 0) for (const line of textTable(columns, rows, this.layout)) this.log(line);
      if (rows.length === 0) this.note('no market matches');
      else if (matched > rows.length) this.note(`${rows.length} of ${matched}; --limit shows more`);
      if (isCut) this.note(`the listing was cut after ${read} markets: name a --series, an --event or --closes-within`);
      return this.toRecord({ type: 'markets', matched, read, isCut, markets: rows.map(marketRecord) });
    });
  }

  /** Throws KMM_USAGE; asked for before anything is connected to. */
  #filter(now: EpochMs): MarketFilter {
    const { series, event, status, sort, limit } = this.flags;
    const within = durationSeconds(this.flags['closes-within'], '--closes-within');
    const after = durationSeconds(this.flags['closes-after'], '--closes-after');
    if (within !== undefined && after !== undefined && after >= within) {
      throw new KmmError('KMM_USAGE', '--closes-after is not before --closes-within, so nothing can match');
    }
    const volume = this.flags['volume-min'];
    const volumeMin = volume === undefined ? undefined : parseSize(volume);
    if (volume !== undefined && (volumeMin === undefined || volumeMin < 0)) {
      throw new KmmError('KMM_USAGE', `--volume-min ${volume} is no count of contracts`);
    }
    const from = after ?? (within === undefined ? undefined : 0);
    return {
      ...{ status, sort, rowsMax: limit },
      ...(series !== undefined && { series }),
      ...(event !== undefined && { event }),
      ...(volumeMin !== undefined && { volumeMin }),
      ...(from !== undefined && { closesFrom: (now + 1_000 * from) as EpochMs }),
      ...(within !== undefined && { closesTo: (now + 1_000 * within) as EpochMs }),
    };
  }
}

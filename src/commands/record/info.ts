import { Args } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { infoLines, isoOf, tapeRecord } from '../../print/recording/tape-text.ts';
import { utcFlag } from '../../shared-flags.ts';

export default class RecordInfo extends KmmCommand<typeof RecordInfo> {
  static override summary = 'what is on a tape: who wrote it, its span, its markets, its gaps';
  static override description = 'Reads all of it, whichever of its files is named from there on.';
  static override examples = [
    '<%= config.bin %> record info btc.tape',
    '<%= config.bin %> record info btc.tape --json',
  ];
  static override args = {
    tape: Args.string({ required: true, description: 'a tape: one file, a session by its number, or last' }),
  };
  static override flags = { ...utcFlag };

  async run(): Promise<object> {
    const { tapeInfo } = await import('../../lib/app/recording/list-tapes.ts');
    const { tapeNamed } = await import('../../lib/app/recording/find-session.ts');
    const { homeOf } = await import('../../lib/app/config/home.ts');
    const info = tapeInfo(tapeNamed(this.args.tape, homeOf(this.environment)));
    for (const line of infoLines(info, this.glyphs, this.zone)) this.log(line);
    const { row, header, blocks, kinds, markets, gaps } = info;
    const { config, startedAt, before: _before, ...known } = header;
    return this.toRecord({
      ...{ type: 'tape_info', ...tapeRecord(row), blocks, kinds },
      header: { ...known, startedAt: isoOf(startedAt), config: config === undefined ? null : JSON.parse(config) },
      markets: markets.map((market) => ({ ...market, firstAt: isoOf(market.firstAt), lastAt: isoOf(market.lastAt) })),
      gaps: gaps.map(({ from, to, reason }) => ({ from: isoOf(from), to: isoOf(to), reason })),
    });
  }
}

import { Args } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { dateTimeText, isoText } from '../../format.ts';
import { type RulesRow, rulesColumns, rulesLines, rulesRecord, rulesRow } from '../../print/market/rules-text.ts';
import { plainLine, textTable } from '../../print/text-table.ts';
import { exchangeFlags, plainFlag, utcFlag } from '../../shared-flags.ts';

const SEEN_MAX = 200;

export default class MarketsRules extends KmmCommand<typeof MarketsRules> {
  static override summary = 'what markets settle on as kmm reads it, their strikes and digests, and when they changed';
  static override description =
    `Of a market with its text, of a series or an event one line a market; without a name what sessions have seen, newest
first, without asking the exchange. A session notes every version it sees; where strike or text of a market that it knows
changes, it halts that market with RULES until kmm resume.`;
  static override examples = [
    '<%= config.bin %> markets rules KXBTC15M',
    '<%= config.bin %> markets rules KXHIGHNY --json',
    '<%= config.bin %> markets rules',
  ];
  static override args = { ticker: Args.string({ description: 'market, event or series' }) };
  static override flags = { ...plainFlag, ...utcFlag, ...exchangeFlags };

  async run(): Promise<object> {
    const { ticker } = this.args;
    if (ticker === undefined) return this.#seen();
    const { rulesOf } = await import('../../lib/app/markets/market-rules.ts');
    const { home } = await this.places();
    return this.look(async ({ catalogue }) => {
      const found = await rulesOf(catalogue, home, ticker.toUpperCase());
      const [only] = found;
      if (found.length === 1 && only !== undefined && !this.flags.plain) {
        for (const line of rulesLines(only, this.zone, this.layout)) this.log(line);
      } else this.#print(found.map((one) => rulesRow(one, this.zone, this.glyphs)));
      if (found.length === 0) this.note(`no market of ${ticker.toUpperCase()} is open`);
      return this.toRecord({ type: 'markets_rules', markets: found.map(rulesRecord) });
    });
  }

  async #seen(): Promise<object> {
    const { rulesSeen } = await import('../../lib/app/markets/market-rules.ts');
    const { home } = await this.places();
    const rows = rulesSeen(home, SEEN_MAX);
    this.#print(rows.map((row) => ({ ...row, at: dateTimeText(row.seenAt, this.zone), note: '' })));
    if (rows.length === 0) this.note('no session has seen any market yet: kmm markets rules SERIES asks the exchange');
    const seen = rows.map(({ seenAt, ...row }) => ({ ...row, at: isoText(seenAt) }));
    return this.toRecord({ type: 'markets_rules_seen', seen });
  }

  #print(rows: readonly RulesRow[]): void {
    const columns = rulesColumns(this.glyphs);
    if (this.flags.plain) for (const row of rows) this.log(plainLine(columns, row));
    else if (rows.length > 0) for (const line of textTable(columns, rows, this.layout)) this.log(line);
  }
}

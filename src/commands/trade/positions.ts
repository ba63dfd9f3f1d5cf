import { Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { contractsText } from '../../format.ts';
import { priceOf } from '../../lib/app/hand/hand-words.ts';
import type { HeldPosition } from '../../lib/app/hand/read-account.ts';
import { type Centicontracts, formatPrice, formatSize } from '../../lib/core/units.ts';
import { columnLines } from '../../print/columns.ts';
import { centsOf, outcomeOf } from '../../print/trade-text.ts';
import { configurationFlags, exchangeFlags } from '../../shared-flags.ts';

export default class TradePositions extends KmmCommand<typeof TradePositions> {
  static override summary = 'what is held, YES or NO, and what it cost on average';
  static override examples = ['<%= config.bin %> trade positions', '<%= config.bin %> trade positions --json'];
  static override flags = { ticker: Flags.string({ description: 'of this market only' }), ...exchangeFlags };

  async run(): Promise<object> {
    const { readPositions, withAccount } = await import('../../lib/app/hand/read-account.ts');
    const { ticker } = this.flags;
    const held = await withAccount(await this.access(configurationFlags(this.flags)), readPositions);
    const positions = held.filter((one) => ticker === undefined || one.ticker === ticker);
    if (positions.length === 0) this.log('no positions');
    else
      for (const line of columnLines(
        COLUMNS,
        positions.map((one) => this.#row(one)),
      ))
        this.log(line);
    return this.toRecord({ type: 'positions', env: this.environment, positions: positions.map(recordOf) });
  }

  #row({ ticker, position, price }: HeldPosition): string[] {
    const outcome = outcomeOf(position);
    const cost = price === undefined ? this.glyphs.dash : centsOf(price, outcome, this.glyphs);
    return [ticker, outcome.toUpperCase(), contractsText(Math.abs(position) as Centicontracts, this.glyphs), cost];
  }
}

const COLUMNS = [
  { head: 'MARKET' },
  { head: 'SIDE' },
  { head: 'COUNT', isFigure: true },
  { head: 'COST', isFigure: true },
];

function recordOf({ ticker, position, price }: HeldPosition) {
  const side = outcomeOf(position);
  return {
    ...{ ticker, side, count: formatSize(Math.abs(position) as Centicontracts), position: formatSize(position) },
    price: price === undefined ? null : formatPrice(priceOf(price, side)),
  };
}

import { Flags } from '@oclif/core';
import { AccountCommand, accountFlags } from '../../account-command.ts';
import { contractsText, type Glyphs } from '../../format.ts';
import { priceOf } from '../../lib/app/hand/hand-words.ts';
import type { HeldPosition } from '../../lib/app/hand/read-account.ts';
import { type Centicontracts, formatPrice, formatSize } from '../../lib/core/units.ts';
import { centsOf, outcomeOf } from '../../print/operator/trade-text.ts';
import type { TextColumn } from '../../print/text-table.ts';

export default class TradePositions extends AccountCommand<typeof TradePositions> {
  static override summary = 'what is held, YES or NO, and what it cost on average';
  static override examples = ['<%= config.bin %> trade positions', '<%= config.bin %> trade positions --json'];
  static override flags = { ticker: Flags.string({ description: 'of this market only' }), ...accountFlags };

  async run(): Promise<object> {
    const { readPositions } = await import('../../lib/app/hand/read-account.ts');
    const { ticker } = this.flags;
    const held = await this.readAccount(readPositions);
    const positions = held.filter((one) => ticker === undefined || one.ticker === ticker);
    this.printTable(columnsOf(this.glyphs), positions, 'no positions');
    return this.toRecord({ type: 'positions', env: this.environment, positions: positions.map(recordOf) });
  }
}

function columnsOf(signs: Glyphs): readonly TextColumn<HeldPosition>[] {
  const right = { align: 'right', leaves: 0 } as const;
  const cost = ({ position, price }: HeldPosition) =>
    price === undefined ? signs.dash : centsOf(price, outcomeOf(position), signs);
  return [
    { title: 'MARKET', align: 'left', leaves: 0, shrinks: { good: 24, least: 12 }, cell: ({ ticker }) => ticker },
    { title: 'SIDE', align: 'left', leaves: 0, cell: ({ position }) => outcomeOf(position).toUpperCase() },
    { title: 'COUNT', ...right, cell: ({ position }) => contractsText(Math.abs(position) as Centicontracts, signs) },
    { title: 'COST', ...right, cell: cost },
  ];
}

function recordOf({ ticker, position, price }: HeldPosition) {
  const side = outcomeOf(position);
  return {
    ...{ ticker, side, count: formatSize(Math.abs(position) as Centicontracts), position: formatSize(position) },
    price: price === undefined ? null : formatPrice(priceOf(price, side)),
  };
}

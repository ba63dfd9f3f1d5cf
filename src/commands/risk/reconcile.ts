import { KmmCommand } from '../../base-command.ts';
import { EXIT } from '../../lib/app/errors/exit-codes.ts';
import type { ThreeWay, ThreeWayRow } from '../../lib/app/settle/three-way.ts';
import { plainLine, type TextColumn, textTable } from '../../print/text-table.ts';
import { configurationFlags, exchangeFlags, plainFlag } from '../../shared-flags.ts';

export default class RiskReconcile extends KmmCommand<typeof RiskReconcile> {
  static override summary = 'cash, contracts and resting orders in three books: the journal, the exchange, the trader';
  static override description =
    `A difference counts when a second look, later than the exchange's reads may lag, has the same figures; what differs
otherwise each time is in motion. Changes nothing. Exit 7 when the three differ; kmm settle says why.`;
  static override examples = [
    '<%= config.bin %> risk reconcile',
    '<%= config.bin %> risk reconcile --env prod',
    '<%= config.bin %> risk reconcile --json',
  ];
  static override flags = { ...plainFlag, ...exchangeFlags };

  async run(): Promise<object> {
    const { reconcileHere } = await import('../../lib/app/settle/reconcile-here.ts');
    const found = await reconcileHere(await this.unlocked(await this.configuration(configurationFlags(this.flags))));
    const { env, rows, hasTrader, holder, isReconciled } = found;
    const columns = this.#columns(hasTrader);
    const lines = this.flags.plain ? rows.map((row) => plainLine(columns, row)) : textTable(columns, rows, this.layout);
    for (const line of lines) this.log(line);
    this.log(verdictOf(found));
    if (isReconciled !== true) process.exitCode = EXIT.reconcile;
    return this.toRecord({ type: 'risk_reconcile', env, pid: holder?.pid ?? null, hasTrader, isReconciled, rows });
  }

  #columns(hasTrader: boolean): readonly TextColumn<ThreeWayRow>[] {
    const right = { align: 'right' } as const;
    const figure = (text: string | null) => text ?? this.glyphs.dash;
    return [
      { title: 'WHAT', align: 'left', leaves: 2, cell: ({ kind }) => kind },
      { title: 'NAME', align: 'left', leaves: 0, shrinks: { good: 24, least: 12 }, cell: ({ name }) => name },
      { title: 'JOURNAL', ...right, leaves: 0, cell: ({ journal }) => figure(journal) },
      { title: 'EXCHANGE', ...right, leaves: 0, cell: ({ exchange }) => figure(exchange) },
      ...(hasTrader
        ? [{ title: 'TRADER', ...right, leaves: 0, cell: ({ trader }: ThreeWayRow) => figure(trader) }]
        : []),
      { title: '', align: 'left', leaves: 0, cell: ({ state }) => (state === 'equal' ? '' : state.toUpperCase()) },
    ];
  }
}

function verdictOf({ isReconciled, hasTrader, rows }: ThreeWay): string {
  const books = hasTrader ? 'the three books' : 'journal and exchange (no trader runs here)';
  if (isReconciled === null) return `${books} do not stand still: what differs changes from look to look. Ask again`;
  if (!isReconciled) return `${books} DIFFER. Try: kmm settle`;
  const moving = rows.filter(({ state }) => state === 'moving').length;
  return `${books} agree to the last digit${moving === 0 ? '' : `; ${moving} in motion`}`;
}

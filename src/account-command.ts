/** What the commands share that read the account: one connection to the exchange that is meant, and one way to print a table. */
import type { Command } from '@oclif/core';
import { KmmCommand } from './base-command.ts';
import type { AccountRest } from './lib/app/hand/read-account.ts';
import { plainLine, type TextColumn, textTable } from './print/text-table.ts';
import { configurationFlags, exchangeFlags, plainFlag } from './shared-flags.ts';

export const accountFlags = { ...plainFlag, ...exchangeFlags };

export abstract class AccountCommand<T extends typeof Command> extends KmmCommand<T> {
  /** Throws KMM_SIM_NOT_RUNNING, KMM_KEY_*, KMM_CLOCK, KMM_UNREACHABLE. */
  protected async readAccount<Value>(read: (rest: AccountRest) => Promise<Value>): Promise<Value> {
    const { withAccount } = await import('./lib/app/hand/read-account.ts');
    return withAccount(await this.unlocked(await this.access(configurationFlags(this.flags))), read);
  }

  /** Without rows it says that there is `nothing`, on stderr. */
  protected printTable<Row>(columns: readonly TextColumn<Row>[], rows: readonly Row[], nothing: string): void {
    const { plain } = this.flags as { plain?: boolean };
    if (rows.length === 0) this.note(nothing);
    else if (plain === true) for (const row of rows) this.log(plainLine(columns, row));
    else for (const line of textTable(columns, rows, this.layout)) this.log(line);
  }
}

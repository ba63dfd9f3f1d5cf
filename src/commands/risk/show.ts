import { Args, Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import type { FreezeRow } from '../../lib/app/risk/freezes.ts';
import { legendText } from '../../limit-bar.ts';
import { freezeRecord, limitRecord } from '../../print/operator/risk-record.ts';
import {
  freezeLines,
  type LimitRow,
  limitColumns,
  originLines,
  plainLimitColumns,
  sourceLine,
} from '../../print/operator/risk-text.ts';
import { plainLine, textTable } from '../../print/text-table.ts';
import { configurationFlags, exchangeFlags, plainFlag, utcFlag } from '../../shared-flags.ts';

/** Rows of groups, events and markets that are shown unasked. */
const ROWS_MAX = 16;

export default class RiskShow extends KmmCommand<typeof RiskShow> {
  static override summary = 'every limit as a bar: what fills it, how full it is, and who set it';
  static override description =
    `Worst losses count what is held, what rests, what is in flight and orders of unknown fate, each at full size, in that order;
the parts add up to what is used. From the trader that runs here; without one from the journal and the exchange together,
or with --offline, or when the exchange does not answer, from the journal alone; it says which. Below the limits stands how long
before the close nothing rests, for each series: the general freeze, or its own clock. GROUP is a group of the
configuration, a series, an event, a market, a shard or the name of a limit. Sends nothing.`;
  static override examples = [
    '<%= config.bin %> risk show',
    '<%= config.bin %> risk show KXHIGHNY --env prod',
    '<%= config.bin %> risk show event_loss --all',
    '<%= config.bin %> risk show --offline --json',
  ];
  static override args = {
    group: Args.string({ description: 'a group, series, event, market, shard or limit; all of them without it' }),
  };
  static override flags = {
    all: Flags.boolean({ description: 'also limits of groups, events and markets that nothing fills, and all rows' }),
    offline: Flags.boolean({ description: 'do not ask the exchange where no trader runs' }),
    ...plainFlag,
    ...utcFlag,
    ...exchangeFlags,
  };

  async run(): Promise<object> {
    const { riskOf } = await import('../../lib/app/risk/risk-of.ts');
    const { barsAtStake, barsWithin } = await import('../../lib/app/risk/risk-scope.ts');
    const { freezeRows } = await import('../../lib/app/risk/freezes.ts');
    const { configuredLimit, originsOf } = await import('../../lib/app/risk/limit-origins.ts');
    const configuration = await this.configuration(configurationFlags(this.flags));
    const report = await riskOf(configuration, { isOffline: this.flags.offline });
    const { group } = this.args;
    const { view } = report;
    const wanted = group === undefined ? view.bars : barsWithin(group, view, configuration);
    const shown = this.flags.all ? wanted : barsAtStake(wanted);
    const rows = shown.map((bar): LimitRow => {
      const configured = configuredLimit(bar, configuration.parameters.risk);
      const isOther = configured !== undefined && configured !== bar.allowed;
      return { bar, origins: originsOf(bar, configuration), ...(isOther && { configured }) };
    });
    const freezes = freezeRows(view, configuration, group);
    for (const note of report.notes) this.note(note);
    this.#print(rows, freezes, sourceLine(report, 'limits', configuration.env, this.zone));
    return this.toRecord({
      type: 'risk_show',
      ...{ env: configuration.env, source: report.source, at: new Date(view.at).toISOString(), notes: report.notes },
      group: group ?? null,
      limits: rows.map(limitRecord),
      freezes: freezes.map(freezeRecord),
    });
  }

  #print(rows: readonly LimitRow[], freezes: readonly FreezeRow[], head: string): void {
    if (this.flags.plain) {
      for (const row of rows) this.log(plainLine(plainLimitColumns(this.glyphs), row));
      return;
    }
    this.log(head);
    if (rows.length === 0) this.log(`nothing is at stake in ${this.args.group ?? 'any market'}`);
    else this.#printLimits(rows);
    for (const line of freezeLines(freezes, this.zone, this.layout)) this.log(line);
  }

  #printLimits(rows: readonly LimitRow[]): void {
    const whole = rows.filter(({ bar }) => bar.subject === undefined).length;
    const most = this.flags.all ? rows.length : whole + ROWS_MAX;
    const shown = rows.slice(0, most);
    for (const line of textTable(limitColumns(this.glyphs), shown, this.layout)) this.log(line);
    if (rows.length > most) this.log(`${rows.length - most} more: --all`);
    this.log(legendText(this.glyphs));
    for (const line of originLines(shown, this.layout)) this.log(line);
  }
}

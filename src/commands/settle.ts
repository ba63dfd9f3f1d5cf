import { Flags } from '@oclif/core';
import { KmmCommand } from '../base-command.ts';
import { confirmSuffix } from '../confirm.ts';
import type { Configuration } from '../lib/app/config/config.ts';
import { KmmError } from '../lib/app/errors/errors.ts';
import { EXIT } from '../lib/app/errors/exit-codes.ts';
import type { SettleOptions, SettleReport } from '../lib/app/settle/settle.ts';
import type { SettleDesk } from '../lib/app/settle/settle-desk.ts';
import { settlementRecord, settleRecord } from '../print/operator/settle-record.ts';
import { adjustmentLines, settleLines, settlementText } from '../print/operator/settle-text.ts';
import { configurationFlags, confirmFlag, exchangeFlags, utcFlag } from '../shared-flags.ts';

export default class Settle extends KmmCommand<typeof Settle> {
  static override summary =
    'what was paid, is due or disputed; books what the journal lacks, and explains every difference';
  static override description =
    `It reads the exchange's whole list of settlements and fills, books those that the journal lacks (late fills are paid
with it), and holds the ledger against cash and positions to the last digit. A running trader books by itself: beside
one this only reads. Positions are paid by the list, when a market is finalized, never by its status.

--repair shows labelled adjustments for what is left, wants the end of the key id, looks at the exchange a second time,
and writes them if it still says the same. Contracts are never mended with cash. Exit 7 while the two differ.`;
  static override examples = [
    '<%= config.bin %> settle',
    '<%= config.bin %> settle --since 2026-11-01 --env prod',
    '<%= config.bin %> settle --watch --json',
    '<%= config.bin %> settle --repair --confirm 5f1e --env prod',
  ];
  static override flags = {
    since: Flags.string({
      helpValue: '2h|DATE',
      description: 'show settlements from then on (default: of seven days); everything is checked whatever is shown',
    }),
    watch: Flags.boolean({
      description: 'follow until ^C, a line for each settlement as it comes',
      exclusive: ['repair'],
    }),
    repair: Flags.boolean({ description: 'book adjustments for what nothing mends, once you can name the cause' }),
    'dry-run': Flags.boolean({ description: 'look, and book nothing', exclusive: ['repair'] }),
    ...confirmFlag,
    ...utcFlag,
    ...exchangeFlags,
  };

  async run(): Promise<undefined> {
    const { shownSince } = await import('../lib/app/settle/shown-since.ts');
    const since = shownSince(this.flags.since, Date.now());
    const configuration = await this.unlocked(await this.configuration(configurationFlags(this.flags)));
    const options: SettleOptions = { since, isDryRun: this.flags['dry-run'] };
    if (this.flags.watch) return this.#watch(configuration, options);
    const { settle, repair } = await import('../lib/app/settle/settle.ts');
    const report = await this.#onDesk(configuration, options, async (desk) => {
      const found = await settle(desk, options);
      this.#tell(found);
      if (!this.flags.repair || found.isReconciled) return found;
      await this.#confirmRepair(desk, found);
      const repaired = await repair(desk, options, found);
      this.#tell(repaired);
      return repaired;
    });
    if (!report.isReconciled) process.exitCode = EXIT.reconcile;
  }

  async #onDesk<Value>(
    configuration: Configuration,
    { isDryRun }: SettleOptions,
    work: (desk: SettleDesk) => Promise<Value>,
  ): Promise<Value> {
    const { openSettleDesk } = await import('../lib/app/settle/settle-desk.ts');
    const desk = await openSettleDesk(configuration, isDryRun);
    try {
      return await work(desk);
    } finally {
      await desk.close();
    }
  }

  /** What is to be written is shown, whoever asked. Throws KMM_NOT_CONFIRMED, KMM_LOCKED; KMM_RECONCILE where cash mends nothing. */
  async #confirmRepair(desk: SettleDesk, { proposals }: SettleReport): Promise<void> {
    const { assertMayRepair } = await import('../lib/app/settle/settle.ts');
    const { suffixOf } = await import('../lib/app/keys/key-suffix.ts');
    assertMayRepair(desk);
    if (proposals.length === 0) {
      throw new KmmError('KMM_RECONCILE', 'what differs is not mended with cash: contracts are in question', {
        position: 'no adjustment was written; positions and resting orders are as they were',
        next: ['kmm risk reconcile', 'compare the fills with the web page'],
      });
    }
    for (const line of adjustmentLines(proposals)) this.note(line);
    const step = `write ${proposals.length === 1 ? 'this adjustment' : `these ${proposals.length} adjustments`}`;
    await confirmSuffix(step, suffixOf(desk.account), this.flags.confirm, await this.mayAsk());
  }

  async #watch(configuration: Configuration, options: SettleOptions): Promise<undefined> {
    const { watchSettlements } = await import('../lib/app/settle/watch-settlements.ts');
    const { settle } = await import('../lib/app/settle/settle.ts');
    const { openSettleDesk } = await import('../lib/app/settle/settle-desk.ts');
    const ending = new AbortController();
    const end = () => ending.abort();
    process.once('SIGINT', end).once('SIGTERM', end).once('SIGHUP', end);
    const looking = await openSettleDesk(configuration, true);
    try {
      await watchSettlements({
        looking,
        sweep: () => this.#onDesk(configuration, options, (desk) => settle(desk, options)),
        onReport: (report) => this.#tell(report),
        onSettlement: (line) => {
          this.printRecord({ type: 'settlement', ...settlementRecord(line) });
          this.log(settlementText(line, this.#style));
        },
        onNote: (text) => this.note(text),
        signal: ending.signal,
      });
    } finally {
      process.off('SIGINT', end).off('SIGTERM', end).off('SIGHUP', end);
      await looking.close();
    }
  }

  #tell(report: SettleReport): void {
    this.printRecord(settleRecord(report));
    for (const line of settleLines(report, this.#style)) this.log(line);
  }

  get #style() {
    return { zone: this.zone, layout: this.layout };
  }
}

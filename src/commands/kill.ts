import { Flags } from '@oclif/core';
import { KmmCommand } from '../base-command.ts';
import { toKmmError } from '../error-report.ts';
import { ENVIRONMENTS, type EnvironmentName } from '../lib/app/config/home.ts';
import { EXIT } from '../lib/app/errors/exit-codes.ts';
import type { KillReport } from '../lib/app/kill.ts';
import { passphraseFlag, passphraseFlags } from '../shared-flags.ts';
import { VERBS_HELP } from '../verbs-help.ts';

export default class Kill extends KmmCommand<typeof Kill> {
  static override summary = 'cancel everything on the account, now, and stay halted';
  static override description =
    `Latches the halt, sweeps the account, trips every order group, then lists and cancels until two listings
in a row are empty. Needs no running kmm and never asks. Without --env it acts on every environment
where a kmm runs or orders of ours may rest. Afterwards nothing is quoted until kmm resume.

${VERBS_HELP}`;
  static override examples = [
    '<%= config.bin %> kill',
    '<%= config.bin %> kill --env demo --reason "fat finger"',
    '<%= config.bin %> kill --json',
  ];
  static override flags = {
    reason: Flags.string({ default: 'killed by the operator', description: 'kept with the halt' }),
    ...passphraseFlag,
  };

  async run(): Promise<object> {
    const wanted = this.isEnvGiven ? [this.environment] : ENVIRONMENTS;
    // At once, and none of them keeps the others from being killed.
    const killed = await Promise.allSettled(wanted.map((environment) => this.#kill(environment)));
    const reports = killed.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : []));
    const [failure, ...others] = killed.flatMap((one) => (one.status === 'rejected' ? [toKmmError(one.reason)] : []));
    for (const report of reports) this.#print(report);
    for (const { code, what } of others) this.note(`${code}  ${what}`);
    if (failure !== undefined) {
      if (reports.length > 0) this.printRecord({ type: 'kill', environments: reports });
      throw failure;
    }
    if (reports.length === 0) this.log('nothing to kill: no kmm runs here and no order of ours may rest');
    if (reports.some((report) => !report.isConfirmed)) process.exitCode = EXIT.unconfirmed;
    return this.toRecord({ type: 'kill', environments: reports });
  }

  async #kill(environment: EnvironmentName): Promise<KillReport | undefined> {
    const { kill, needsKill } = await import('../lib/app/kill.ts');
    const { accessAnyway } = await import('../lib/app/config/access.ts');
    const file = this.flags.config;
    const flags = passphraseFlags(this.flags, environment);
    const { access, problem } = accessAnyway({ environment, flags, ...(file === undefined ? {} : { file }) });
    if (!this.isEnvGiven && !needsKill(access)) return undefined;
    if (problem !== undefined) this.note(`the configuration is left aside: ${problem.what}`);
    return kill(access, this.flags.reason);
  }

  #print(report: KillReport): void {
    const { env, orders, groupsTriggered, cancelledById, firstCancelMs, resting } = report;
    const latched = `${env}: halt KILLED ${report.isLatched ? 'latched' : 'NOT latched'}`;
    if (report.isExchangeGone) this.log(latched);
    else {
      this.log(`${latched}; first cancel after ${firstCancelMs} ms`);
      this.log(
        `  account sweep ${report.isSwept ? 'accepted' : 'NOT accepted'}, ${groupsTriggered} order groups tripped`,
      );
    }
    this.log(`  ${orders.length} orders of ours could rest; ${cancelledById} cancelled by id after the sweep`);
    for (const { ticker, side, price, size } of orders) this.log(`    ${ticker} ${side} ${size} at ${price}`);
    for (const note of report.notes) this.log(`  ${this.glyphs.cross} ${note}`);
    if (report.isExchangeGone) this.log('  no embedded exchange runs: what it held is gone. Next: kmm resume');
    else if (report.isConfirmed)
      this.log(`  confirmed after ${report.confirmedMs} ms by two empty listings. Next: look, then kmm resume`);
    else this.log("  NOT CONFIRMED: orders may rest. Try: kmm kill again, then the exchange's web page");
    for (const { orderId, ticker, until } of resting)
      this.log(`    ${ticker} ${orderId}${until ? ` until ${until}` : ''}`);
  }
}

import { Flags } from '@oclif/core';
import { KmmCommand } from '../base-command.ts';
import { KmmError } from '../lib/app/errors.ts';
import { EXIT } from '../lib/app/exit-codes.ts';
import { ENVIRONMENTS } from '../lib/app/home.ts';
import type { KillReport } from '../lib/app/kill.ts';

export default class Kill extends KmmCommand<typeof Kill> {
  static override summary = 'cancel everything on the account, now, and stay halted';
  static override description =
    `Latches the halt, sweeps the account, trips every order group, then lists and cancels until two listings
in a row are empty. Needs no running kmm and never asks. Without --env it acts on every environment
where a kmm runs or orders of ours may rest. Afterwards nothing is quoted until kmm resume.

pause   no new quotes, the process goes on      stop   cancel our orders, verify, exit (q or ^C in kmm run)
kill    everything on the account, latched      resume clear what halts, after you have looked`;
  static override examples = [
    '<%= config.bin %> kill',
    '<%= config.bin %> kill --env demo --reason "fat finger"',
    '<%= config.bin %> kill --json',
  ];
  static override flags = {
    reason: Flags.string({ default: 'killed by the operator', description: 'kept with the halt' }),
  };

  async run(): Promise<object> {
    const { kill, needsKill } = await import('../lib/app/kill.ts');
    const { loadAccess } = await import('../lib/app/access.ts');
    const wanted = this.isEnvGiven ? [this.environment] : ENVIRONMENTS;
    const file = this.flags.config;
    const reports: KillReport[] = [];
    const failures: KmmError[] = [];
    for (const environment of wanted) {
      try {
        const access = loadAccess({ environment, ...(file === undefined ? {} : { file }) });
        if (!this.isEnvGiven && !needsKill(access)) continue;
        const report = await kill(access, this.flags.reason);
        reports.push(report);
        this.#print(report);
      } catch (error) {
        // One environment that cannot be reached must not keep the others from being killed.
        failures.push(error instanceof KmmError ? error : new KmmError('KMM_BUG', String(error), { cause: error }));
      }
    }
    for (const failure of failures.slice(1)) this.note(`${failure.code}  ${failure.what}`);
    const [failure] = failures;
    if (failure !== undefined) throw failure;
    if (reports.length === 0) this.log('nothing to kill: no kmm runs here and no order of ours may rest');
    if (reports.some((report) => !report.isConfirmed)) process.exitCode = EXIT.unconfirmed;
    return this.toRecord({ type: 'kill', environments: reports });
  }

  #print(report: KillReport): void {
    const { env, orders, groupsTriggered, cancelledById, firstCancelMs, resting } = report;
    this.log(
      `${env}: halt KILLED ${report.isLatched ? 'latched' : 'NOT latched'}; first cancel after ${firstCancelMs} ms`,
    );
    this.log(
      `  account sweep ${report.isSwept ? 'accepted' : 'NOT accepted'}, ${groupsTriggered} order groups tripped`,
    );
    this.log(`  ${orders.length} orders of ours could rest; ${cancelledById} cancelled by id after the sweep`);
    for (const order of orders) this.log(`    ${order}`);
    for (const note of report.notes) this.log(`  ${this.glyphs.cross} ${note}`);
    if (report.isConfirmed) this.log('  confirmed: two complete listings are empty. Next: look, then kmm resume');
    else this.log("  NOT CONFIRMED: orders may rest. Try: kmm kill again, then the exchange's web page");
    for (const { orderId, ticker, until } of resting)
      this.log(`    ${ticker} ${orderId}${until ? ` until ${until}` : ''}`);
  }
}

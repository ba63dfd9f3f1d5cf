import { Flags } from '@oclif/core';
import { KmmCommand } from '../base-command.ts';
import { toKmmError } from '../error-report.ts';
import { ENVIRONMENTS, type EnvironmentName } from '../lib/app/config/home.ts';
import { EXIT } from '../lib/app/errors/exit-codes.ts';
import type { KillReport } from '../lib/app/kill/kill-report.ts';
import type { Alert } from '../lib/core/alerts/condition.ts';
import { killLines } from '../print/operator/kill-text.ts';
import { passphraseFlag, passphraseFlags } from '../shared-flags.ts';
import { VERBS_HELP } from '../verbs-help.ts';

export default class Kill extends KmmCommand<typeof Kill> {
  static override summary = 'cancel everything on the account, now, and stay halted';
  static override description =
    `Latches the halt, sweeps the account, trips every order group, then lists and cancels until two listings
in a row are empty. Needs no running kmm and no database, and never asks. Without --env it acts on every environment
where a kmm runs or orders of ours may rest. Afterwards nothing is quoted until kmm resume.

With --market or --strategy only that is halted and cancelled, by id: neither sweep nor groups know markets.
With --scope own only what this kmm has placed: no sweep; its own groups are tripped.

Exit 0: two empty listings prove it. Exit 9: it is not confirmed, orders may rest.

${VERBS_HELP}`;
  static override examples = [
    '<%= config.bin %> kill',
    '<%= config.bin %> kill --env sim --reason "fat finger"',
    '<%= config.bin %> kill --env sim --market KXHIGHNY --market KXBTCD',
    '<%= config.bin %> kill --env sim --strategy cara',
    '<%= config.bin %> kill --env sim --scope own --no-latch --reason "service stopped"',
    '<%= config.bin %> kill --json',
  ];
  static override flags = {
    market: Flags.string({
      multiple: true,
      exclusive: ['strategy'],
      helpValue: 'TICKER',
      description: 'only this market, event or series; may be repeated',
    }),
    strategy: Flags.string({
      options: ['as', 'cara', 'regime', 'hand'],
      description: 'only orders of this strategy; hand: those by kmm trade',
    }),
    scope: Flags.option({
      options: ['account', 'own'] as const,
      default: 'account' as const,
      description: 'everything on the account, or only what this kmm has placed',
    })(),
    'no-latch': Flags.boolean({ description: 'leave halts as they are: a trader may start again' }),
    reason: Flags.string({ default: 'killed by the operator', description: 'kept with the halt' }),
    ...passphraseFlag,
  };

  /** Alerts that no database took, to be delivered all the same. */
  readonly #untold = new Map<EnvironmentName, readonly Alert[]>();

  async run(): Promise<object> {
    const wanted = this.isEnvGiven ? [this.environment] : ENVIRONMENTS;
    // At once, and none of them keeps the others from being killed.
    const killed = await Promise.allSettled(wanted.map((environment) => this.#kill(environment)));
    const reports = killed.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : []));
    const [failure, ...others] = killed.flatMap((one) => (one.status === 'rejected' ? [toKmmError(one.reason)] : []));
    for (const report of reports) for (const line of killLines(report, this.glyphs)) this.log(line);
    for (const { code, what } of others) this.note(`${code}  ${what}`);
    await Promise.all(wanted.map((environment) => this.#deliver(environment, reports)));
    if (failure !== undefined) {
      if (reports.length > 0) this.printRecord({ type: 'kill', environments: reports });
      throw failure;
    }
    if (reports.length === 0) this.log('nothing to kill: no kmm runs here and no order of ours may rest');
    if (reports.some((report) => !report.isConfirmed)) process.exitCode = EXIT.unconfirmed;
    return this.toRecord({ type: 'kill', environments: reports });
  }

  async #kill(environment: EnvironmentName): Promise<KillReport | undefined> {
    const { kill, needsKill } = await import('../lib/app/kill/kill.ts');
    const { accessAnyway } = await import('../lib/app/config/access.ts');
    const { config: file, reason, scope, strategy, market: markets = [], 'no-latch': isUnlatched } = this.flags;
    const flags = passphraseFlags(this.flags, environment);
    const { access, problem } = accessAnyway({ environment, flags, ...(file === undefined ? {} : { file }) });
    if (!this.isEnvGiven && !needsKill(access)) return undefined;
    if (problem !== undefined) this.note(`the configuration is left aside: ${problem.what}`);
    const narrowed = { scope, markets, ...(strategy !== undefined && { strategy }) };
    const onUntold = (alerts: readonly Alert[]) => this.#untold.set(environment, alerts);
    return kill(access, { ...narrowed, reason, isLatching: !isUnlatched, onUntold });
  }

  /** Last of all, when everything has been cancelled and printed: a trader that is dead delivers nothing itself. */
  async #deliver(environment: EnvironmentName, reports: readonly KillReport[]): Promise<void> {
    if (!reports.some(({ env }) => env === environment)) return;
    const { alertsAnyway, tellsAnybody } = await import('../lib/app/alerts/settings.ts');
    const { homeOf } = await import('../lib/app/config/home.ts');
    const { config: file } = this.flags;
    const { settings, problem } = alertsAnyway({ environment, ...(file === undefined ? {} : { file }) });
    if (problem !== undefined) this.note(`nobody is alerted: ${problem.what}`);
    if (!tellsAnybody(settings)) return;
    const { tellNow } = await import('../lib/app/alerts/tell.ts');
    const alerts = this.#untold.get(environment) ?? [];
    await tellNow({ home: homeOf(environment), settings, note: (text) => this.note(text) }, alerts);
  }
}

import { Args, Flags } from '@oclif/core';
import { KmmCommand } from '../base-command.ts';
import { confirmSuffix, isYes } from '../confirm.ts';
import { dateTimeText } from '../format.ts';
import type { Access } from '../lib/app/config/access.ts';
import { KmmError } from '../lib/app/errors/errors.ts';
import type { StandingHalt } from '../lib/app/latches.ts';
import { confirmFlag, yesFlag } from '../shared-flags.ts';
import { VERBS_HELP } from '../verbs-help.ts';

export default class Resume extends KmmCommand<typeof Resume> {
  static override summary = 'list what halts, with who, when and why, and clear it one by one';
  static override description =
    `On a terminal it asks for each; elsewhere name the halt and give --yes, or --all for every one that can be cleared.
Halts over money (LOSS_DAY, LOSS_WEEK, DRAWDOWN, RUNAWAY, RECONCILE) want the end of the key id typed, or --confirm; a
day's loss is not cleared before the next Eastern day. What passes by itself, or ends with its process, is told as such.
A running kmm obeys at once.

${VERBS_HELP}`;
  static override examples = [
    '<%= config.bin %> resume',
    '<%= config.bin %> resume KILLED --yes --env demo',
    '<%= config.bin %> resume PAUSED --scope KXBTC15M-26NOV201515-15 --yes',
    '<%= config.bin %> resume LOSS_DAY --confirm 5f1e --env prod',
  ];
  static override args = {
    name: Args.string({ description: 'one halt, e.g. KILLED' }),
  };
  static override flags = {
    scope: Flags.string({ helpValue: 'S', description: 'of that halt: a ticker, or * for everything' }),
    all: Flags.boolean({ description: 'every halt that an operator clears, without naming them' }),
    ...yesFlag,
    ...confirmFlag,
  };

  async run(): Promise<object> {
    const { standingHalts, clearHalt, assertClearable } = await import('../lib/app/latches.ts');
    const access = await this.access();
    const { halts, keyId } = await standingHalts(access);
    const wanted = this.#wanted(halts, access);
    if (halts.length === 0) this.log(`no halt is latched in ${access.env}`);
    // Before the first is cleared it is known that none of them stays.
    if (this.#isNamed) wanted.forEach(assertClearable);
    const cleared: StandingHalt[] = [];
    for (const halt of await this.#confirmed(wanted, halts, keyId, access)) {
      await clearHalt(access, halt);
      cleared.push(halt);
      this.log(`cleared ${textOf(halt)}`);
    }
    const left = halts.filter((halt) => !cleared.includes(halt));
    return this.toRecord({ type: 'resume', env: access.env, cleared: cleared.map(recordOf), left: left.map(recordOf) });
  }

  get #isNamed(): boolean {
    return this.args.name !== undefined || this.flags.all;
  }

  /** What is named, or everything. Throws KMM_USAGE where nothing of that name is on. */
  #wanted(halts: readonly StandingHalt[], { env }: Access): readonly StandingHalt[] {
    const { name } = this.args;
    const { scope, all } = this.flags;
    if (name === undefined) return halts.filter(({ clears }) => !all || clears === 'operator');
    const named = halts.filter((halt) => halt.name === name && (scope === undefined || halt.scope === scope));
    if (named.length === 0) {
      const present = halts.map((halt) => `${halt.name} (${halt.scope})`).join(', ') || 'none';
      const of = scope === undefined ? '' : ` of ${scope}`;
      throw new KmmError('KMM_USAGE', `no halt ${name}${of} is on in ${env}; there are: ${present}`);
    }
    return named;
  }

  /**
   * Each by itself, on a terminal; where nobody can be asked, all of them by what was given beforehand, or none. Throws
   * KMM_NOT_CONFIRMED.
   */
  async #confirmed(
    wanted: readonly StandingHalt[],
    halts: readonly StandingHalt[],
    keyId: string | undefined,
    { env }: Access,
  ): Promise<readonly StandingHalt[]> {
    const { suffixOf } = await import('../lib/app/keys/key-suffix.ts');
    const suffix = suffixOf(keyId ?? env);
    const { yes, confirm, all } = this.flags;
    const mayAsk = await this.mayAsk();
    const clearable = wanted.filter(({ clears }) => clears === 'operator');
    const isOne = clearable.length === 1 && (this.#isNamed || yes);
    if (!mayAsk && !all && clearable.length > 0 && !isOne) throw this.#unnamed(clearable, halts, env);
    const confirmed: StandingHalt[] = [];
    for (const halt of wanted) {
      if (halt.clears !== 'operator' || (halt.notBefore !== undefined && !this.#isNamed)) {
        this.log(`stays   ${textOf(halt)}; ${endingOf(halt)}`);
        continue;
      }
      const step = `clear ${textOf(halt)}`;
      if (halt.isSevere) await confirmSuffix(step, suffix, confirm, mayAsk);
      else if (!yes && !mayAsk) throw this.#unnamed([halt], halts, env);
      else if (!yes && !(await isYes(`${step}?`))) continue;
      confirmed.push(halt);
    }
    return confirmed;
  }

  #unnamed(wanted: readonly StandingHalt[], halts: readonly StandingHalt[], env: string): KmmError {
    for (const halt of halts) this.note(`${textOf(halt)}; ${endingOf(halt)}`);
    const what = wanted.length === 1 ? 'a halt is on, and is' : `${wanted.length} halts are on, and each is`;
    return new KmmError('KMM_NOT_CONFIRMED', `${what} cleared by its name, and confirmed`, {
      position: 'nothing was cleared; what is halted stays so',
      next: wanted.map((halt) => commandOf(halt, env)),
    });
  }
}

/** "KILLED (*) since Nov 20 10:02 by ann: fat finger" */
function textOf({ name, scope, since, by, reason }: StandingHalt): string {
  return `${name} (${scope}) since ${dateTimeText(since)} by ${by ?? 'the trader'}: ${reason}`;
}

function endingOf({ clears, notBefore, isSevere }: StandingHalt): string {
  if (clears === 'self') return 'it passes by itself';
  if (clears === 'restart') return 'it ends with its process: kmm stop, then kmm run';
  if (notBefore !== undefined) return `not to be cleared before ${dateTimeText(notBefore)}`;
  return isSevere ? 'it is cleared with the end of the key id' : 'it is cleared with --yes';
}

function commandOf({ name, scope, isSevere }: StandingHalt, env: string): string {
  const of = scope === '*' ? '' : ` --scope ${scope}`;
  return `kmm resume ${name}${of} ${isSevere ? '--confirm SUFFIX' : '--yes'}${env === 'sim' ? '' : ` --env ${env}`}`;
}

function recordOf({ name, scope, since, by, reason, clears, isSevere, notBefore }: StandingHalt) {
  return {
    ...{ name, scope, since: new Date(since).toISOString(), by, reason, clears, isSevere },
    notBefore: notBefore === undefined ? null : new Date(notBefore).toISOString(),
  };
}

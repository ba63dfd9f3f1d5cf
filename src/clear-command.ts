/**
 * What `kmm resume` and `kmm risk clear` share: halts are named, confirmed one by one, and cleared, by the running trader or in
 * the database. They differ in how much a person has to type.
 */
import { Args, type Command, Flags } from '@oclif/core';
import { KmmCommand } from './base-command.ts';
import { confirmSuffix, isYes } from './confirm.ts';
import type { Access } from './lib/app/config/access.ts';
import { KmmError } from './lib/app/errors/errors.ts';
import type { StandingHalt } from './lib/app/latches.ts';
import { haltCommand, haltEnding, haltRecord, haltText } from './print/operator/halt-text.ts';
import { confirmFlag } from './shared-flags.ts';

export const haltArgs = {
  name: Args.string({ description: 'one halt, e.g. KILLED' }),
};

export const haltFlags = {
  scope: Flags.string({ helpValue: 'S', description: 'of that halt: a ticker, or * for everything' }),
  all: Flags.boolean({ description: 'every halt that an operator clears, without naming them' }),
  ...confirmFlag,
};

interface ClearWords {
  readonly args: { readonly name?: string };
  readonly flags: {
    readonly scope?: string;
    readonly all: boolean;
    readonly yes?: boolean;
    readonly confirm?: string;
  };
}

export abstract class ClearCommand<T extends typeof Command> extends KmmCommand<T> {
  /** Words of the command line, and `type` of the record. */
  protected abstract readonly verb: string;
  /** The end of the key id has to be typed for it. */
  protected abstract isSevere(halt: StandingHalt): boolean;

  async run(): Promise<object> {
    const { standingHalts, clearHalt, assertClearable } = await import('./lib/app/latches.ts');
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
      this.log(`cleared ${haltText(halt)}`);
    }
    const left = halts.filter((halt) => !cleared.includes(halt));
    return this.toRecord({
      type: this.verb.replace(' ', '_'),
      env: access.env,
      cleared: cleared.map(haltRecord),
      left: left.map(haltRecord),
    });
  }

  get #words(): ClearWords {
    return this as unknown as ClearWords;
  }

  get #isNamed(): boolean {
    return this.#words.args.name !== undefined || this.#words.flags.all;
  }

  /** What is named, or everything. Throws KMM_USAGE where nothing of that name is on. */
  #wanted(halts: readonly StandingHalt[], { env }: Access): readonly StandingHalt[] {
    const { name } = this.#words.args;
    const { scope, all } = this.#words.flags;
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
    const { suffixOf } = await import('./lib/app/keys/key-suffix.ts');
    const suffix = suffixOf(keyId ?? env);
    const { yes, confirm, all } = this.#words.flags;
    const mayAsk = await this.mayAsk();
    const clearable = wanted.filter(({ clears }) => clears === 'operator');
    const isOne = clearable.length === 1 && (this.#isNamed || yes);
    if (!mayAsk && !all && clearable.length > 0 && !isOne) throw this.#unnamed(clearable, halts, env);
    const confirmed: StandingHalt[] = [];
    for (const halt of wanted) {
      if (halt.clears !== 'operator' || (halt.notBefore !== undefined && !this.#isNamed)) {
        this.log(`stays   ${haltText(halt)}; ${haltEnding(halt)}`);
        continue;
      }
      const step = `clear ${haltText(halt)}`;
      if (this.isSevere(halt)) await confirmSuffix(step, suffix, confirm, mayAsk);
      else if (!yes && !mayAsk) throw this.#unnamed([halt], halts, env);
      else if (!yes && !(await isYes(`${step}?`))) continue;
      confirmed.push(halt);
    }
    return confirmed;
  }

  #unnamed(wanted: readonly StandingHalt[], halts: readonly StandingHalt[], env: string): KmmError {
    for (const halt of halts) this.note(`${haltText(halt)}; ${haltEnding(halt)}`);
    const what = wanted.length === 1 ? 'a halt is on, and is' : `${wanted.length} halts are on, and each is`;
    return new KmmError('KMM_NOT_CONFIRMED', `${what} cleared by its name, and confirmed`, {
      position: 'nothing was cleared; what is halted stays so',
      next: wanted.map((halt) => haltCommand(halt, env, this.verb)),
    });
  }
}

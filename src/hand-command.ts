/** What the commands that trade by hand share: where they are carried out, what is asked before, and how ^C is taken. */
import type { Command } from '@oclif/core';
import { KmmCommand } from './base-command.ts';
import { confirmSuffix, confirmYes } from './confirm.ts';
import type { Configuration } from './lib/app/config/config.ts';
import { KmmError } from './lib/app/errors/errors.ts';
import type { HandDesk, HandPurpose } from './lib/app/hand/hand-desk.ts';
import { endError, refusalError } from './lib/app/hand/hand-errors.ts';
import type { HandReply } from './lib/app/hand/hand-reply.ts';
import { suffixOf } from './lib/app/keys/key-suffix.ts';
import type { HandAsk } from './lib/core/hand/hand-types.ts';
import { configurationFlags, confirmFlag, exchangeFlags, yesFlag } from './shared-flags.ts';

export const handFlags = {
  ...yesFlag,
  ...confirmFlag,
  ...exchangeFlags,
};

export type Permitted = Extract<HandReply, { kind: 'permitted' }>;
export type Ended = Extract<HandReply, { kind: 'ended' }>;

export abstract class HandCommand<T extends typeof Command> extends KmmCommand<T> {
  protected async onDesk<Value>(
    purpose: HandPurpose,
    work: (desk: HandDesk, configuration: Configuration) => Promise<Value>,
  ): Promise<Value> {
    const { openHandDesk } = await import('./lib/app/hand/hand-desk.ts');
    const configuration = await this.unlocked(await this.configuration(configurationFlags(this.flags)));
    const desk = await openHandDesk(configuration, purpose);
    // Nothing is given up half way: the first ^C waits for proof, the second leaves.
    const onSignal = () => this.note('waiting for proof of what was sent; ^C again leaves');
    process.once('SIGINT', onSignal);
    try {
      return await work(desk, configuration);
    } finally {
      process.off('SIGINT', onSignal);
      await desk.close();
    }
  }

  /** What would come of it. Throws what our own gate says no with. */
  protected async considered(desk: HandDesk, ask: HandAsk): Promise<Permitted> {
    const reply = await desk.consider(ask);
    if (reply.kind === 'permitted') return reply;
    if (reply.kind === 'refused') throw refusalError(reply.refusal);
    throw new Error(`an ask was carried out that was only to be considered: ${ask.id}`);
  }

  /** Done, or thrown with what is known. */
  protected async carriedOut(desk: HandDesk, ask: HandAsk): Promise<Ended> {
    const reply = await desk.carryOut(ask);
    if (reply.kind === 'refused') throw refusalError(reply.refusal);
    if (reply.kind === 'permitted') throw new Error(`an ask was only considered that was to be carried out: ${ask.id}`);
    const error = endError(reply, ask);
    if (error !== undefined) throw error;
    return reply;
  }

  /** New exposure in production is confirmed by name; elsewhere only what is many at once is asked for. */
  protected async confirmed(step: string, level: 'mild' | 'moderate', { key }: Configuration): Promise<void> {
    const { yes = false, confirm } = this.flags as { yes?: boolean; confirm?: string };
    if (this.environment !== 'prod') {
      if (level === 'moderate') await confirmYes(step, yes, await this.mayAsk());
      return;
    }
    if (key === undefined) throw new KmmError('KMM_KEY_MISSING', `${step}: there is no key for prod here`);
    await confirmSuffix(step, suffixOf(key.id), confirm, await this.mayAsk());
  }
}

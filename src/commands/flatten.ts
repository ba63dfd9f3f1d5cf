import { setTimeout as sleep } from 'node:timers/promises';
import { Args, Flags } from '@oclif/core';
import { HandCommand, handFlags } from '../hand-command.ts';
import { KmmError } from '../lib/app/errors/errors.ts';
import { EXIT } from '../lib/app/errors/exit-codes.ts';
import type { HandDesk } from '../lib/app/hand/hand-desk.ts';
import { flattenAsk } from '../lib/app/hand/hand-words.ts';
import { durationSeconds } from '../lib/app/run/run-flags.ts';
import type { FlattenView } from '../lib/core/flatten/flatten-types.ts';
import {
  flattenEndText,
  flattenPreviewLines,
  flattenProgressText,
  flattenRecord,
} from '../print/operator/flatten-text.ts';
import { VERBS_HELP } from '../verbs-help.ts';

/** How often it is looked at while it works. */
const LOOK_MS = 1_000;

export default class Flatten extends HandCommand<typeof Flatten> {
  static override summary = 'work or pay out of one position, for at most so many dollars';
  static override description =
    `Rests post-only at the mark first, then nearer; when its time is over, or with --pay at once, it takes what is on
offer. Slippage against the mark at the start plus fees never pass the bound. It only ever reduces, waits while the book
is not to be believed, and ends by itself: flat, at the bound, when its time or the market's is over, or by a halt.
The running trader does it, and goes on when this command is gone; the market stays paused afterwards (kmm resume
PAUSED). Without one this command does it itself. Exit 6 when something is still held.

${VERBS_HELP}`;
  static override examples = [
    '<%= config.bin %> flatten KXBTC15M-26NOV201515-15 --cost-dollars-max 2 --dry-run',
    '<%= config.bin %> flatten KXBTC15M-26NOV201515-15 --cost-dollars-max 2 --within 5m --yes',
    '<%= config.bin %> flatten KXBTC15M-26NOV201515-15 --cost-dollars-max 5 --pay --yes',
    '<%= config.bin %> flatten KXBTC15M-26NOV201515-15 --off',
  ];
  static override args = { ticker: Args.string({ required: true, description: 'market' }) };
  static override flags = {
    'cost-dollars-max': Flags.string({ helpValue: 'X', description: 'slippage and fees come to no more; needed' }),
    pay: Flags.boolean({ description: 'take what is on offer from the start' }),
    within: Flags.string({ default: '10m', helpValue: '10m', description: 'for so long: 90s, 10m, 2h' }),
    off: Flags.boolean({ description: 'end the flatten of this market that the running trader works on' }),
    'dry-run': Flags.boolean({ description: 'show position, mark, cost and the first step; send nothing' }),
    ...handFlags,
  };

  async run(): Promise<object> {
    const { flags, args, environment: env } = this;
    const { ticker } = args;
    if (flags.off) {
      return this.onDesk('take', async (desk) => {
        const view = await desk.flatten.callOff(ticker);
        this.log(`the flatten of ${ticker} ends: what rests of it is cancelled`);
        return this.toRecord({ type: 'flatten', env, via: desk.kind, ...flattenRecord(view), isDryRun: false });
      });
    }
    const withinMs = (durationSeconds(flags.within, '--within') ?? 0) * 1_000;
    const ask = flattenAsk(ticker, flags['cost-dollars-max'], flags.pay === true, withinMs);
    return this.onDesk(flags['dry-run'] ? 'consider' : 'place', async (desk, configuration) => {
      const preview = await desk.flatten.consider(ask);
      const lines = flattenPreviewLines(preview, ask, this.glyphs);
      for (const line of lines)
        if (flags['dry-run']) this.log(line);
        else this.note(line);
      if (flags['dry-run']) {
        this.log('a dry run: nothing was sent');
        return this.toRecord({
          type: 'flatten',
          env,
          via: desk.kind,
          ...flattenRecord({ ...ask, ...preview }),
          isDryRun: true,
        });
      }
      await this.confirmed(`flatten ${ticker} in ${env}`, 'moderate', configuration);
      const view = await this.#watch(desk, await desk.flatten.begin(ask));
      this.log(flattenEndText(view, this.glyphs));
      if (view.phase === 'over' && view.end !== 'flat') process.exitCode = EXIT.risk;
      return this.toRecord({ type: 'flatten', env, via: desk.kind, ...flattenRecord(view), isDryRun: false });
    });
  }

  /** To its end; ^C leaves it to the trader, or ends it where there is none. */
  async #watch(desk: HandDesk, begun: FlattenView): Promise<FlattenView> {
    let view = begun;
    let told = '';
    let isInterrupted = false;
    const onSignal = () => {
      isInterrupted = true;
    };
    process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
    try {
      while (view.phase !== 'over') {
        const text = flattenProgressText(view);
        if (text !== told) this.note(text);
        told = text;
        if (isInterrupted && desk.kind === 'trader') {
          this.note(`the trader goes on by itself; to end it: kmm flatten ${view.ticker} --off`);
          return view;
        }
        if (isInterrupted && view.phase !== 'leaving') await desk.flatten.callOff(view.ticker);
        await sleep(LOOK_MS);
        view = await desk.flatten.look(view);
      }
      return view;
    } catch (error) {
      if (desk.kind !== 'trader' || !(error instanceof KmmError)) throw error;
      throw new KmmError(error.code, error.what, {
        position: 'the trader goes on with it, if it lives; its market is paused',
        next: ['kmm trade positions', `kmm flatten ${view.ticker} --off`, 'kmm kill'],
      });
    } finally {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    }
  }
}

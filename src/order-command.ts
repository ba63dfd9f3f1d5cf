/** `kmm trade buy` and `kmm trade sell`: the same order seen from two sides. */
import { Args, type Command, Flags } from '@oclif/core';
import { HandCommand, handFlags } from './hand-command.ts';
import { KmmError } from './lib/app/errors/errors.ts';
import { type Direction, type Outcome, orderAsk } from './lib/app/hand/hand-words.ts';
import type { HandOrder } from './lib/core/hand/hand-types.ts';
import {
  endRecord,
  endText,
  figuresRecord,
  orderRecord,
  orderText,
  previewLines,
} from './print/operator/trade-text.ts';

export const orderArgs = {
  ticker: Args.string({ required: true, description: 'market' }),
  count: Args.string({ required: true, description: 'contracts, two decimals at most' }),
  price: Args.string({ required: true, description: 'at this or better: 45, 45.5c or $0.45' }),
};

export const orderFlags = {
  side: Flags.option({ options: ['yes', 'no'] as const, default: 'yes' as const, description: 'of which contract' })(),
  tif: Flags.string({
    helpValue: 'ioc|fok|gtt:SECONDS|gtc',
    description: 'ioc and fok take and never rest; gtt rests so long; gtc is renewed by the running trader',
  }),
  'post-only': Flags.boolean({ description: 'as every order that rests is: refuse to take' }),
  'dry-run': Flags.boolean({ description: 'show cost, fee and worst case; send nothing' }),
  ...handFlags,
};

export const orderDescription = `The order passes the same risk gate and the same journal as the loop, in the running trader where there is one.
An order that rests is post-only and ends by itself: after --tif gtt:SECONDS, or the configured lease without it.
--tif gtc lasts as long as the trader runs. kmm run cancels at its start and at its end whatever kmm placed,
hand orders included. A NO order is sent as the book needs it: buying NO at 37 is selling YES at 63.`;

interface OrderWords {
  readonly args: { readonly ticker: string; readonly count: string; readonly price: string };
  readonly flags: {
    readonly side: Outcome;
    readonly tif?: string | undefined;
    readonly 'post-only'?: boolean;
    readonly 'dry-run'?: boolean;
  };
}

export abstract class OrderCommand<T extends typeof Command> extends HandCommand<T> {
  protected abstract readonly direction: Direction;

  async run(): Promise<object> {
    const { args, flags } = this as unknown as OrderWords;
    const { side: outcome, tif } = flags;
    const isDryRun = flags['dry-run'] === true;
    const words = { ...args, tif, outcome, direction: this.direction, isPostOnly: flags['post-only'] === true };
    // What cannot be understood is told before anything is opened.
    orderAsk({ ...words, leaseMs: 1 });
    return this.onDesk(isDryRun ? 'consider' : 'place', async (desk, configuration) => {
      const ask = orderAsk({ ...words, leaseMs: configuration.parameters.quoting.leaseMs });
      if (desk.kind === 'session' && ask.life.kind === 'renewed') throw needsTrader();
      const { figures, market } = await this.considered(desk, ask);
      const lines = previewLines(ask, outcome, figures, market, this.glyphs);
      for (const line of lines)
        if (isDryRun) this.log(line);
        else this.note(line);
      const record = { via: desk.kind, ...orderRecord(ask, outcome), tif: tifOf(ask), preview: figuresRecord(figures) };
      if (isDryRun) {
        this.log('a dry run: nothing was sent');
        return this.toRecord({ type: 'trade_order', ...record, isDryRun, result: null });
      }
      const step = `send this to ${this.environment}: ${orderText(ask, outcome, this.glyphs)}`;
      await this.confirmed(step, 'mild', configuration);
      const ended = await this.carriedOut(desk, ask);
      if (ended.order !== undefined) this.log(`${this.glyphs.tick} ${endText(ended.order, outcome, this.glyphs)}`);
      return this.toRecord({ type: 'trade_order', ...record, isDryRun, result: endRecord(ended) });
    });
  }
}

function needsTrader(): KmmError {
  return new KmmError('KMM_ORDER_LEASE', '--tif gtc is renewed by a running trader, and none runs here', {
    next: ['--tif gtt:600', 'kmm run'],
  });
}

function tifOf({ life }: HandOrder): string {
  if (life.kind === 'take') return life.takes === 'fill_or_kill' ? 'fok' : 'ioc';
  return life.kind === 'renewed' ? 'gtc' : `gtt:${life.ms / 1_000}`;
}

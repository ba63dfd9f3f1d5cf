import { Args, Flags } from '@oclif/core';
import { contractsText } from '../../format.ts';
import { HandCommand } from '../../hand-command.ts';
import type { Configuration } from '../../lib/app/config/config.ts';
import { KmmError } from '../../lib/app/errors/errors.ts';
import { EXIT } from '../../lib/app/errors/exit-codes.ts';
import { type Outcome, orderAsk } from '../../lib/app/hand/hand-words.ts';
import { checkWords } from '../../lib/app/risk/check-words.ts';
import { refusedBy } from '../../lib/app/risk/limit-origins.ts';
import type { HandRefusal } from '../../lib/core/hand/hand-types.ts';
import { formatSize } from '../../lib/core/units.ts';
import { figuresRecord, orderRecord, previewLines } from '../../print/operator/trade-text.ts';
import { exchangeFlags } from '../../shared-flags.ts';

export default class RiskCheck extends HandCommand<typeof RiskCheck> {
  static override summary = 'would this order pass, which limit binds, and how much of it still would; sends nothing';
  static override description =
    `The order is written as for kmm trade, or as one says it: buy 10 KX... @ 45c, sell 5 no KX... at $0.37. It is asked of the
same gate that decides orders by hand, in the running trader where there is one, else in a session of this command's own that
reads the account first. Ends with exit 6 when it would be refused.`;
  static override examples = [
    '<%= config.bin %> risk check buy 10 KXBTC15M-26NOV201515-15 @ 45c',
    '<%= config.bin %> risk check sell KXBTC15M-26NOV201515-15 5 0.37 --side no',
    "<%= config.bin %> risk check 'buy 200 KXHIGHNY-26NOV20-T50 @ 45¢' --tif ioc --json",
  ];
  static override args = {
    order: Args.string({ required: true, multiple: true, description: 'buy or sell, then market, count and price' }),
  };
  static override flags = {
    side: Flags.option({
      options: ['yes', 'no'] as const,
      description: 'of which contract; yes where nothing is said',
    })(),
    tif: Flags.string({
      helpValue: 'ioc|fok|gtt:SECONDS|gtc',
      description: 'as for kmm trade buy; without it the order rests for the configured lease',
    }),
    ...exchangeFlags,
  };

  async run(): Promise<object> {
    const { side, tif } = this.flags;
    const { outcome: said, ...order } = checkWords(this.args.order);
    if (side !== undefined && said !== undefined && side !== said)
      throw new KmmError('KMM_USAGE', `--side ${side} and "${said}" are both said`);
    const outcome: Outcome = side ?? said ?? 'yes';
    const words = { ...order, outcome, tif, isPostOnly: false };
    // What cannot be understood is told before anything is opened.
    orderAsk({ ...words, leaseMs: 1 });
    return this.onDesk('consider', async (desk, configuration) => {
      const ask = orderAsk({ ...words, leaseMs: configuration.parameters.quoting.leaseMs });
      const { reply, room, stop } = await desk.check(ask);
      const { market } = reply.kind === 'ended' ? {} : reply;
      const figures = reply.kind === 'permitted' ? reply.figures : undefined;
      for (const line of previewLines(ask, outcome, figures, market, this.glyphs)) this.log(line);
      const refusal = reply.kind === 'refused' ? reply.refusal : undefined;
      const most = contractsText(room, this.glyphs);
      if (refusal === undefined) this.log(`${this.glyphs.tick} it would pass; up to ${most} contracts would`);
      else {
        this.log(`${this.glyphs.cross} it would be refused: ${refusal.reason}${setBy(refusal, configuration)}`);
        this.log(room > 0 ? `  up to ${most} contracts would still pass` : '  no size of it would pass');
      }
      if (stop !== undefined && refusal?.word !== stop.word && room > 0)
        this.log(`  beyond that: ${stop.reason}${setBy(stop, configuration)}`);
      if (refusal !== undefined) process.exitCode = EXIT.risk;
      return this.toRecord({
        type: 'risk_check',
        ...{ env: configuration.env, via: desk.kind, ...orderRecord(ask, outcome) },
        passes: refusal === undefined,
        refusal: refusal === undefined ? null : refusalRecord(refusal, configuration),
        roomContracts: formatSize(room),
        beyond: stop === undefined ? null : refusalRecord(stop, configuration),
        preview: figuresRecord(figures),
      });
    });
  }
}

function setBy(refusal: HandRefusal, configuration: Configuration): string {
  const { origins } = refusedBy(refusal, configuration);
  return origins.length === 0 ? '' : ` (${origins.map(({ key, origin }) => `${key}, ${origin}`).join('; ')})`;
}

function refusalRecord(refusal: HandRefusal, configuration: Configuration) {
  const { limit = null, origins } = refusedBy(refusal, configuration);
  return { ...{ word: refusal.word, limit, reason: refusal.reason }, origins };
}

import { Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { confirmYes } from '../../confirm.ts';
import { EXIT } from '../../lib/app/errors/exit-codes.ts';
import { answerLines, checkLines, leftLines } from '../../print/operator/probe-text.ts';
import { centsOf } from '../../print/operator/trade-text.ts';
import { configurationFlags, exchangeFlags, passphraseFlag, passphraseFlags } from '../../shared-flags.ts';

export default class AuthProbe extends KmmCommand<typeof AuthProbe> {
  static override summary = 'one contract there and back on sim or demo, and what is not settled about the exchange';
  static override description =
    `Buys 1 contract at the lowest price, post-only and for a minute, looks for it in every channel, amends, decreases and
cancels it; then asks the questions that the documentation leaves open. Nothing of it rests at the end, which two
listings must show (else exit 9); ^C cancels and verifies too. The answers are kept in a file that kmm sim serve --like takes.`;
  static override examples = [
    '<%= config.bin %> auth probe --env demo',
    '<%= config.bin %> auth probe --env demo --take --json',
    '<%= config.bin %> auth probe',
  ];
  static override flags = {
    ticker: Flags.string({ description: 'in this market; else one that is open, liquid and far from its close' }),
    take: Flags.boolean({ description: 'also buys 1 contract at the ask, to see a fee; asks with its cost' }),
    'with-sweep': Flags.boolean({
      description: 'also tries cancel-all: it takes EVERY order of the account, and what comes within a minute',
    }),
    yes: Flags.boolean({ char: 'y', description: 'do not ask' }),
    ...passphraseFlag,
    ...exchangeFlags,
  };

  async run(): Promise<object> {
    const { assertProbeable, runProbe, verdictOfProbe } = await import('../../lib/app/probe/run-probe.ts');
    const { saveProbe } = await import('../../lib/app/probe/probe-file.ts');
    const { flags, environment } = this;
    assertProbeable(environment);
    const { ticker, take, yes } = flags;
    const isSweepWanted = flags['with-sweep'];
    const layer = [...configurationFlags(flags), ...passphraseFlags(flags, environment)];
    const configuration = await this.unlocked(await this.configuration(layer));
    const mayAsk = await this.mayAsk();
    const confirm = (step: string) => confirmYes(step, yes === true, mayAsk);
    if (isSweepWanted) await confirm(`cancel every order of the ${environment} account, whoever placed it`);
    const exchange = await this.useExchange(configuration);
    const stop = new AbortController();
    const { openOrdersOf } = await import('../../lib/app/open-orders.ts');
    const onSignal = (signal: NodeJS.Signals) => {
      if (stop.signal.aborted && signal !== 'SIGHUP') {
        for (const line of leftLines(openOrdersOf(configuration))) this.note(line);
        process.exit(signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated);
      }
      stop.abort();
      this.note('cancelling what the probe placed, and verifying it; ^C again leaves it, until its lease ends');
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal);
    try {
      const report = await runProbe(configuration, exchange.link, {
        ...(ticker !== undefined && { ticker }),
        ...(take && { take: confirm }),
        ...{ isSweepWanted, stop: stop.signal },
        onMarket: (market) =>
          this.note(`1 contract at ${centsOf(market.lowest, 'yes', this.glyphs)} in ${market.ticker}`),
        onCheck: (checks) => this.#say(checkLines(checks, this.glyphs)),
        onAnswer: (answer) => this.#say(answerLines(answer, this.glyphs)),
      });
      const file = saveProbe(configuration.home, report);
      if (report.isGone) this.log(`${this.glyphs.tick} nothing of the probe rests, by two listings`);
      this.log(`answers in ${file}`);
      const verdict = verdictOfProbe(report);
      if (verdict !== undefined) throw verdict;
      return this.toRecord({ ...report, file });
    } finally {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal).off('SIGHUP', onSignal);
      await exchange.close();
    }
  }

  #say(lines: readonly string[]): void {
    for (const line of lines) this.log(line);
  }
}

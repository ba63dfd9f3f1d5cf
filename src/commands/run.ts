import { Flags } from '@oclif/core';
import { KmmCommand } from '../base-command.ts';
import type { Configuration } from '../lib/app/config/config.ts';
import { quotable } from '../lib/app/config/fitted-weight.ts';
import { KmmError } from '../lib/app/errors/errors.ts';
import { EXIT } from '../lib/app/errors/exit-codes.ts';
import type { Summary } from '../lib/app/session/summary.ts';
import { epochMs } from '../lib/core/units.ts';
import { summaryLines } from '../print/operator/summary-text.ts';
import { configurationFlags, exchangeFlags, passphraseFlag, passphraseFlags, quoterFlags } from '../shared-flags.ts';

export default class Run extends KmmCommand<typeof Run> {
  static override summary = 'make markets: a supervised quoting loop';
  static override description =
    `On a terminal it shows its screen; without one, or with --headless, log lines; with --json, NDJSON that ends
with one summary line. In sim it starts the embedded exchange by itself. At its start and at its end it cancels every
order that kmm placed, also those of kmm trade; in between kmm trade goes through it.

^C once cancels everything, verifies it and prints the summary (exit 0; 9 when it is not confirmed).
^C twice leaves at once and prints what may still rest, and until when.`;
  static override examples = [
    '<%= config.bin %> run --env sim',
    '<%= config.bin %> run --env sim --for 60s --headless',
    '<%= config.bin %> run --env sim --auto 5',
    '<%= config.bin %> run --env sim --for 10m --speed max --seed 7 --json',
    '<%= config.bin %> run --env sim --markets KXINXU --from 2026-11-20T10:48-05:00 --for 20m --speed max',
    '<%= config.bin %> run --env prod --shadow --markets KXBTC15M --variant model=fair.source=average --for 8h',
    '<%= config.bin %> run --env sim --background btc.jsonl.gz --outcomes markets.csv --speed max --json',
  ];
  static override flags = {
    markets: Flags.string({ helpValue: 'LIST', description: 'markets, events or series, comma-separated' }),
    auto: Flags.string({ helpValue: 'N', description: 'of those, the N that are worth most (kmm markets rank)' }),
    ...quoterFlags,
    for: Flags.string({ helpValue: '60s', description: 'stop after this much exchange time: 90s, 10m, 2h' }),
    seed: Flags.string({ default: '1', description: 'sim: the same seed makes the same world' }),
    speed: Flags.string({
      default: '1',
      helpValue: 'N|max',
      description: 'sim: exchange time per real time; max: virtual time',
    }),
    from: Flags.string({
      helpValue: 'TIME',
      exclusive: ['background'],
      description:
        "sim: when its world begins: 2026-11-30T10:48-05:00 (default now; with --speed max a Friday's morning)",
    }),
    background: Flags.string({
      multiple: true,
      helpValue: 'FILE',
      description: 'sim: recordings or tapes whose real books are the background',
    }),
    outcomes: Flags.string({
      dependsOn: ['background'],
      helpValue: 'FILE',
      description: 'CSV of strikes, closes and results',
    }),
    ...exchangeFlags,
    ...passphraseFlag,
    shadow: Flags.boolean({
      description: 'send nothing: record the real market and trade it on a pessimistic local one (docs/shadow.md)',
    }),
    variant: Flags.string({
      multiple: true,
      dependsOn: ['shadow'],
      helpValue: 'NAME=KEY=VALUE,…',
      description: 'with --shadow: beside the configuration as it is (base), another with these keys',
    }),
    latency: Flags.string({
      dependsOn: ['shadow'],
      helpValue: 'MS|FEED,ORDER,ANSWER|FILE',
      description: 'with --shadow: ms on each way, or a file of measured ones (default 15,30,15)',
    }),
    headless: Flags.boolean({ description: 'log lines instead of the screen' }),
  };

  #stop: ((by: string) => void) | undefined;

  async run(): Promise<undefined> {
    const { durationSeconds, speedOf } = await import('../lib/app/run/run-flags.ts');
    const { closedNote, seriesAskedFor, worldStart } = await import('../lib/app/sim/asked-series.ts');
    const { flags } = this;
    const forSeconds = durationSeconds(flags.for);
    const speed = speedOf(flags.speed);
    if (flags.shadow) return this.#shadow(forSeconds, speed === 'max');
    const configuration = quotable(
      await this.configuration([...configurationFlags(flags), ...passphraseFlags(flags, this.environment)]),
    );
    const world = {
      seed: flags.seed,
      background: flags.background ?? [],
      ...(flags.outcomes !== undefined && { outcomes: flags.outcomes }),
      ...seriesAskedFor(configuration.markets),
      ...(flags.from !== undefined && { startAt: worldStart(flags.from, epochMs(Date.now())) }),
    };
    const isSimOnly =
      speed !== 1 || flags.from !== undefined || world.background.length > 0 || flags['sim-url'] !== undefined;
    if (configuration.env !== 'sim' && isSimOnly) {
      throw new KmmError('KMM_USAGE', '--speed, --from, --background and --sim-url are for --env sim', {
        next: ['kmm run --help'],
      });
    }
    const closed = speed === 'max' ? undefined : closedNote(world, world.startAt ?? epochMs(Date.now()));
    if (closed !== undefined && flags['sim-url'] === undefined) this.note(closed);
    const limit = forSeconds === undefined ? {} : { forSeconds };
    if (speed === 'max') {
      if (flags.for === undefined && world.background.length === 0) {
        throw new KmmError('KMM_USAGE', '--speed max needs --for: virtual time has no end', {
          next: ['kmm run --for 10m --speed max'],
        });
      }
      return this.#finish(await this.#virtual(configuration, world, limit), 0);
    }
    const { runInTerminal } = await import('../run-terminal.ts');
    const unlocked = await this.unlocked(configuration);
    const ui = this.jsonEnabled() ? 'json' : flags.headless || process.stdout.isTTY !== true ? 'log' : 'screen';
    const terminal = runInTerminal({
      ...{
        configuration: unlocked,
        world: { startAt: epochMs(Date.now()), ...world },
        speed,
        ui,
        signs: this.glyphs,
        ...limit,
      },
      printRecord: (record) => this.printRecord(record),
      note: (text) => this.note(text),
    });
    this.#stop = terminal.stop;
    const { summary, isConfirmed, resting, restarts } = await terminal.run();
    if (restarts > 0) this.note(`the trader was started again ${restarts} times; figures are those of its last life`);
    if (summary !== undefined) return this.#finish(summary, restarts);
    if (!isConfirmed) {
      const seen =
        resting.length === 0 ? 'the exchange could not be asked' : `${resting.length} orders are still listed`;
      throw new KmmError('KMM_CANCEL_UNCONFIRMED', `the trader is gone, and ${seen}`);
    }
    this.printRecord({ type: 'stopped', restingAtEnd: 0, isConfirmed, restarts });
    this.log('stopped: nothing of ours rests');
  }

  /** Every variant is a configuration of its own; where and what is traded is that of the first. */
  async #shadow(forSeconds: number | undefined, isVirtual: boolean): Promise<undefined> {
    const { refuseForShadow, variantsOf } = await import('../shadow-flags.ts');
    const { outsideOf } = await import('../lib/app/shadow/outside-voices.ts');
    const { paperVariants } = await import('../lib/app/shadow/paper-variants.ts');
    const { shadowInTerminal } = await import('../shadow-terminal.ts');
    const { flags } = this;
    refuseForShadow(flags, this.environment);
    const layers = [...configurationFlags(flags), ...passphraseFlags(flags, this.environment)];
    const asked = [];
    for (const { flags: own, ...variant } of variantsOf(flags.variant ?? [])) {
      const configuration = await this.configuration([...layers, ...own]);
      asked.push({ ...variant, configuration: quotable(configuration) });
    }
    const configuration = asked[0]?.configuration as Configuration;
    const variants = paperVariants(asked, flags.latency);
    const trading = variants.map(({ job: { parameters } }) => parameters);
    const terminal = shadowInTerminal({
      ...{ configuration, variants, isJson: this.jsonEnabled() },
      outside: outsideOf(configuration, trading, isVirtual),
      ...(forSeconds !== undefined && { forSeconds }),
      ...(isVirtual && { world: { seed: flags.seed, background: flags.background ?? [], outcomes: flags.outcomes } }),
      exchange: async () => this.useExchange(await this.unlocked(configuration)),
      printRecord: (record) => this.printRecord(record),
      log: (text) => this.log(text),
      note: (text) => this.note(text),
    });
    this.#stop = terminal.stop;
    process.exitCode = await terminal.run();
  }

  /** Nobody reads our output any more: that is no reason to leave orders behind. */
  protected override onOutputClosed(exit: number): void {
    if (this.#stop === undefined) super.onOutputClosed(exit);
    else this.#stop('a closed output');
  }

  async #virtual(
    configuration: Configuration,
    world: { seed: string; background: string[] },
    limit: object,
  ): Promise<Summary> {
    const { runVirtual } = await import('../lib/app/run/run-virtual.ts');
    const { logRecord, logText } = await import('../run-terminal.ts');
    const abort = new AbortController();
    const interrupt = () => (abort.signal.aborted ? process.exit(EXIT.interrupted) : abort.abort());
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
    try {
      return await runVirtual({
        ...{ configuration, world, signal: abort.signal, ...limit },
        onLog: (line) => (this.jsonEnabled() ? this.printRecord(logRecord(line)) : this.note(logText(line))),
      });
    } finally {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    }
  }

  #finish(summary: Summary, restarts: number): undefined {
    this.printRecord({ ...summary, restarts });
    for (const line of summaryLines(summary)) this.log(line);
    if (!summary.isConfirmed) process.exitCode = EXIT.unconfirmed;
    else if (!summary.reconciled) process.exitCode = EXIT.reconcile;
  }
}

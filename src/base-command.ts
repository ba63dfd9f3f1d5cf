/**
 * What every command shares: the flags of all, output that scripts can read, and errors in one form.
 *
 * A command reads its flags, makes one call into lib/app and prints. It prints with `this.log` (people; silent under
 * --json), `this.printRecord` (a line of --json output), `this.note` (stderr; silent under --quiet), and throws KmmError.
 */
import { Command, Flags, type Interfaces } from '@oclif/core';
import { isUsageError, toKmmError } from './error-report.ts';
import { type Glyphs, glyphs, isAsciiWanted, type Zone } from './format.ts';
import type { Access, AccessPlaces } from './lib/app/config/access.ts';
import type { Configuration, ConfigurationFlag } from './lib/app/config/config.ts';
import type { LayersRequest } from './lib/app/config/config-layers.ts';
import type { EnvironmentName } from './lib/app/config/home.ts';
import type { HonestySettings } from './lib/app/config/honesty.ts';
import type { RankingSettings } from './lib/app/config/ranking.ts';
import type { LoadedSources } from './lib/app/config/sources.ts';
import { KmmError } from './lib/app/errors/errors.ts';
import { EXIT } from './lib/app/errors/exit-codes.ts';
import type { Reading } from './lib/app/exchange/reading.ts';
import type { UsedExchange } from './lib/app/exchange/use-exchange.ts';
import { type Secret, scrub } from './lib/app/keys/secret.ts';
import type { NewsRules } from './lib/core/clock/releases.ts';
import type { TextLayout } from './print/text-table.ts';
import { configurationFlags } from './shared-flags.ts';

type FlagsOf<T extends typeof Command> = Interfaces.InferredFlags<(typeof KmmCommand)['baseFlags'] & T['flags']>;
type ArgsOf<T extends typeof Command> = Interfaces.InferredArgs<T['args']>;

/** Version of the objects that `--json` prints. Fields are added, never changed. */
const SCHEMA_VERSION = 1;
const WIDTH_UNKNOWN = 80;

export abstract class KmmCommand<T extends typeof Command> extends Command {
  static override enableJsonFlag = true;

  static override baseFlags = {
    env: Flags.option({
      options: ['sim', 'demo', 'prod'] as const,
      default: 'sim' as const,
      env: 'KMM_ENV',
      helpGroup: 'GLOBAL',
      description: 'the embedded exchange, the demo exchange, or the real one',
    })(),
    config: Flags.string({
      helpValue: 'FILE',
      env: 'KMM_CONFIG',
      helpGroup: 'GLOBAL',
      description: 'read this config file and no other',
    }),
    quiet: Flags.boolean({ helpGroup: 'GLOBAL', description: 'print results and errors only' }),
    'no-input': Flags.boolean({
      helpGroup: 'GLOBAL',
      description: 'never ask: fail where a person would have to answer',
    }),
    'no-color': Flags.boolean({ helpGroup: 'GLOBAL', description: 'print without colour (as NO_COLOR does)' }),
  };

  protected flags!: FlagsOf<T>;
  protected args!: ArgsOf<T>;
  /** False when `env` is the default: `kill` then acts on every environment. */
  protected isEnvGiven = false;
  protected readonly glyphs: Glyphs = glyphs(isAsciiWanted(process.env));

  override async init(): Promise<void> {
    await super.init();
    const { args, flags, metadata } = await this.parse({
      flags: this.ctor.flags,
      baseFlags: KmmCommand.baseFlags,
      args: this.ctor.args,
      strict: this.ctor.strict,
      enableJsonFlag: this.ctor.enableJsonFlag,
    });
    this.flags = flags as FlagsOf<T>;
    this.args = args as ArgsOf<T>;
    this.isEnvGiven = metadata.flags.env?.setFromDefault !== true;
    // oclif throws from its own listener what is not EPIPE (a full disk, say), which would end `run` with orders resting.
    process.stdout.removeAllListeners('error');
    process.stdout.on('error', (error) => this.#onOutputError(error));
    process.stderr.on('error', () => {});
  }

  /** Errors are printed in one place, error-report.ts; here a wrong command line gets the help of its own command. */
  override async catch(error: Error): Promise<never> {
    const isOurs = error instanceof KmmError && error.code === 'KMM_USAGE' && !error.isAdvised;
    if (!isOurs && !isUsageError(error)) throw error;
    throw new KmmError('KMM_USAGE', toKmmError(error).what, { next: [`kmm ${this.#name} --help`], cause: error });
  }

  /** One object, one line; oclif would colour it and spread it over many. */
  override logJson(json: unknown): void {
    process.stdout.write(`${scrub(JSON.stringify(json))}\n`);
  }

  override log(message = ''): void {
    super.log(scrub(message));
  }

  /** What times are shown in: UTC for a command that has the flag, when it is given. */
  protected get zone(): Zone {
    const flags: Readonly<Record<string, unknown>> = this.flags;
    return flags.utc === true ? 'UTC' : 'ET';
  }

  /** How a table is laid out on stdout: its columns, 80 where nobody knows, and its signs. */
  protected get layout(): TextLayout {
    return { width: process.stdout.columns || WIDTH_UNKNOWN, signs: this.glyphs, isAscii: isAsciiWanted(process.env) };
  }

  protected get environment(): EnvironmentName {
    return this.flags.env as EnvironmentName;
  }

  /** Prints one line of --json output, with `type` first and the schema's version; nothing without --json. */
  protected printRecord(record: { readonly type: string } & Readonly<Record<string, unknown>>): void {
    if (this.jsonEnabled()) this.logJson(this.toRecord(record));
  }

  /** What `run()` returns for a command that prints one object. */
  protected toRecord<R extends { readonly type: string }>(record: R): R & { readonly schemaVersion: number } {
    const { type, ...rest } = record;
    return { type, schemaVersion: SCHEMA_VERSION, ...rest } as unknown as R & { readonly schemaVersion: number };
  }

  /** Text of any length as it is, also under --json: waits until stdout takes more. */
  protected async writeOut(text: string): Promise<void> {
    if (process.stdout.write(scrub(text))) return;
    await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
  }

  /** A message or progress, on stderr. */
  protected note(text: string): void {
    if (this.flags.quiet !== true) process.stderr.write(`${scrub(text)}\n`);
  }

  /** The configuration with this command's flags on top; says on stderr what was left aside. */
  protected async configuration(flags: readonly ConfigurationFlag[] = []): Promise<Configuration> {
    const { loadConfiguration } = await import('./lib/app/config/config.ts');
    const configuration = loadConfiguration(this.#request(flags));
    for (const text of configuration.notes) this.note(text);
    return configuration;
  }

  /** Which exchange and which key, for commands that place nothing: no limit need be configured for them. */
  protected async access(flags: readonly ConfigurationFlag[] = []): Promise<Access> {
    const { loadAccess } = await import('./lib/app/config/access.ts');
    return loadAccess(this.#request(flags));
  }

  /** The same where no key need be there yet. */
  protected async places(flags: readonly ConfigurationFlag[] = []): Promise<AccessPlaces> {
    const { loadPlaces } = await import('./lib/app/config/access.ts');
    return loadPlaces(this.#request(flags));
  }

  /** What news to stay out of; nothing else need be configured for it. */
  protected async news(): Promise<NewsRules> {
    const { loadNews } = await import('./lib/app/config/news.ts');
    return loadNews(this.#request([]));
  }

  /** When models are believed; nothing else need be configured for it. */
  protected async honesty(): Promise<HonestySettings> {
    const { loadHonesty } = await import('./lib/app/config/load-honesty.ts');
    return loadHonesty(this.#request([]));
  }

  /** Who outside says what markets are worth; nothing else need be configured for it. */
  protected async sources(): Promise<LoadedSources> {
    const { loadSources } = await import('./lib/app/config/sources.ts');
    return loadSources(this.#request([]));
  }

  /** What markets are ranked by; nothing else need be configured for it. */
  protected async ranking(): Promise<RankingSettings> {
    const { loadRanking } = await import('./lib/app/config/ranking.ts');
    return loadRanking(this.#request([]));
  }

  /**
   * The same access with the passphrase of its key, where only a person knows it: asked once, hidden, on a terminal.
   * Elsewhere as it was, and whoever signs says what is missing. Throws KMM_KEY_PASSPHRASE.
   */
  protected async unlocked<A extends Access>(access: A): Promise<A> {
    const { needsPerson } = await import('./lib/app/keys/passphrase.ts');
    const { key, env } = access;
    if (key === undefined || !needsPerson(key) || !(await this.mayAsk())) return access;
    const passphrase = await this.askPassphrase(`passphrase of the ${env} key ${key.id}: `);
    return { ...access, key: { ...key, passphrase } };
  }

  /** Throws KMM_KEY_PASSPHRASE. */
  protected async askPassphrase(question: string): Promise<Secret> {
    const { askHidden } = await import('./prompt.ts');
    const { checkedPassphrase } = await import('./lib/app/keys/passphrase.ts');
    return checkedPassphrase((await askHidden(question)) ?? '', 'the terminal');
  }

  /** A person sits at both ends and wants to be asked. */
  protected async mayAsk(): Promise<boolean> {
    const { isPersonThere } = await import('./prompt.ts');
    return this.flags['no-input'] !== true && isPersonThere();
  }

  /** The exchange to look at, `names` on it; says on stderr which one it is. The caller closes it. */
  protected async useExchange(access: Access, names: readonly string[] = []): Promise<UsedExchange> {
    const { useExchange } = await import('./lib/app/exchange/use-exchange.ts');
    const flags: Readonly<Record<string, unknown>> = this.flags;
    const exchange = await useExchange(access, { isNamed: flags['sim-url'] !== undefined, names });
    this.note(`looking at ${exchange.name}`);
    return exchange;
  }

  /** One look at the exchange that is meant; everything that was opened for it is closed. */
  protected async look<Answer>(at: (reading: Reading) => Promise<Answer>): Promise<Answer> {
    const { openReading } = await import('./lib/app/exchange/reading.ts');
    const access = await this.unlocked(await this.access(configurationFlags(this.flags)));
    const exchange = await this.useExchange(access);
    try {
      const reading = await openReading(access.env, exchange.link);
      try {
        return await at(reading);
      } finally {
        reading.close();
      }
    } finally {
      await exchange.close();
    }
  }

  /**
   * Nobody reads our output any more (`kmm book … | head -1`), or it cannot be written. A command that only prints ends
   * here; one that holds orders overrides this and stops in good order.
   */
  protected onOutputClosed(exit: number): void {
    process.exit(exit);
  }

  #onOutputError(error: NodeJS.ErrnoException): void {
    const isReaderGone = error.code === 'EPIPE';
    if (!isReaderGone) process.stderr.write(`stdout cannot be written: ${error.message}\n`);
    this.onOutputClosed(isReaderGone ? EXIT.done : EXIT.bug);
  }

  #request(flags: readonly ConfigurationFlag[]): LayersRequest {
    const { environment } = this;
    const file: string | undefined = this.flags.config;
    return { environment, flags, ...(file === undefined ? {} : { file }) };
  }

  get #name(): string {
    return (this.id ?? '').replaceAll(':', ' ');
  }
}

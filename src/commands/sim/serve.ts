import { Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { homeOf, prepareHome } from '../../lib/app/config/home.ts';
import { KmmError } from '../../lib/app/errors/errors.ts';
import type { Announcement } from '../../lib/app/exchange/announcement.ts';
import type { ExchangeLink } from '../../lib/app/exchange/link.ts';
import type { SimServing } from '../../lib/app/sim/sim-serve.ts';
import { TIER_NAMES } from '../../lib/app/sim/sim-tiers.ts';
import { epochMs } from '../../lib/core/units.ts';

export default class SimServe extends KmmCommand<typeof SimServe> {
  static override summary = 'serve the embedded exchange on loopback, for any client of the real one';
  static override description =
    `Prints where it listens and the key of a funded account, then what happens there. While it runs, kmm book, markets,
quote and the like look at it. --json prints the same as
NDJSON; the first line is {"type":"listening","rest":…,"ws":…,"keyId":…,"privateKeyFile":…,
"controlToken":…}. The token opens /sim/control and /sim/faults as "authorization: Bearer …".`;
  static override examples = [
    '<%= config.bin %> sim serve',
    '<%= config.bin %> sim serve --port 0 --seed 7 --json',
    '<%= config.bin %> sim serve --series KXINXU --from 2026-11-30T10:48-05:00',
    '<%= config.bin %> sim serve --speed 10 --background btc.jsonl.gz --outcomes markets.csv',
    '<%= config.bin %> sim serve --tier premier --key my-bot=public.pem --mischief storm-1',
  ];
  static override flags = {
    port: Flags.integer({ default: 8_790, min: 0, max: 65_535, description: 'port on 127.0.0.1; 0 picks a free one' }),
    seed: Flags.string({ default: '1', description: 'the same seed makes the same world' }),
    series: Flags.string({
      helpValue: 'LIST',
      description: 'beside the built-in ones: KXINXU, KXINX (S&P 500 by the hour and at the close)',
    }),
    from: Flags.string({
      helpValue: 'TIME',
      exclusive: ['background'],
      description: 'when its world begins: 2026-11-30T10:48-05:00 (default now)',
    }),
    speed: Flags.string({ default: '1', helpValue: 'N', description: 'exchange time per real time' }),
    ed25519: Flags.boolean({ description: 'an Ed25519 key instead of RSA' }),
    key: Flags.string({
      multiple: true,
      helpValue: 'ID=FILE',
      description: 'also takes this public key, for a client that keeps its own',
    }),
    tier: Flags.option({ options: TIER_NAMES, description: "the account's usage level: how fast it may call" })(),
    mischief: Flags.string({
      helpValue: 'FILE|SEED',
      description: 'misbehaves by this plan, or by one drawn from a seed',
    }),
    like: Flags.string({ helpValue: 'FILE', description: 'behaves as an exchange did that kmm auth probe has asked' }),
    unstamped: Flags.boolean({ description: 'frames without sending_ts_ms, as before October 2026' }),
    background: Flags.string({
      multiple: true,
      helpValue: 'FILE',
      description: 'recordings whose real books are the background',
    }),
    outcomes: Flags.string({
      dependsOn: ['background'],
      helpValue: 'FILE',
      description: 'CSV of strikes, closes and results',
    }),
  };

  async run(): Promise<undefined> {
    const { serveSim } = await import('../../lib/app/sim/sim-serve.ts');
    const { seriesNamed, worldStart } = await import('../../lib/app/sim/asked-series.ts');
    const { speedOf } = await import('../../lib/app/run/run-flags.ts');
    const { mischiefOf } = await import('../../lib/app/sim/sim-mischief.ts');
    const { likeOf } = await import('../../lib/app/sim/sim-likeness.ts');
    const { broughtKey } = await import('../../lib/app/sim/sim-public-keys.ts');
    const { port, seed, background, outcomes, ed25519, key, tier, mischief, unstamped, like, series, from } =
      this.flags;
    const speed = speedOf(this.flags.speed);
    if (speed === 'max') throw new KmmError('KMM_USAGE', '--speed max is for kmm run: served time is real time');
    const home = homeOf('sim');
    prepareHome(home);
    const keyKind = ed25519 ? 'ed25519' : 'rsa';
    // Before anybody can know that it listens: whoever stops it then finds the key removed as well.
    const told = new Promise<void>((resolve) => {
      process.once('SIGINT', resolve).once('SIGTERM', resolve).once('SIGHUP', resolve);
    });
    const serving = await serveSim({
      ...{ seed, background: background ?? [], speed, port, keyKind, keyDirectory: home.keys },
      ...(outcomes !== undefined && { outcomes }),
      ...seriesNamed(series),
      ...(from !== undefined && { startAt: worldStart(from, epochMs(Date.now())) }),
      ...(key !== undefined && { broughtKeys: key.map(broughtKey) }),
      ...(tier !== undefined && { tier }),
      ...likeOf(like, mischief === undefined ? undefined : mischiefOf(mischief)),
      ...(unstamped && { stampsFrames: false }),
    });
    for (const note of serving.notes) this.note(note);
    const { rest, ws, keyId, privateKeyFile, controlToken } = serving.listening;
    const announcement = await this.#announce({ rest, ws, keyId, keyFile: privateKeyFile }, serving);
    this.printRecord({ type: 'listening', ...serving.listening });
    for (const [name, value] of Object.entries({
      REST: rest,
      WebSocket: ws,
      'key id': keyId,
      'key file': privateKeyFile,
      'control token': controlToken,
    })) {
      this.log(`${name.padEnd(13)} ${value}`);
    }
    serving.onEvent((event) => {
      const record = { ...event, at: new Date(event.at).toISOString() };
      this.printRecord(record);
      if (event.type !== 'trade') this.log(JSON.stringify(record));
    });
    await told;
    announcement.withdraw();
    await serving.close();
  }

  /** So that other commands look at this exchange. */
  async #announce(link: ExchangeLink, { listening, close }: SimServing): Promise<Announcement> {
    const { announce } = await import('../../lib/app/exchange/announcement.ts');
    try {
      const announcement = announce(homeOf('sim'), link, listening.controlToken);
      for (const { pid, link: other } of announcement.others) {
        this.note(`another kmm sim serve runs (pid ${pid}, ${other.rest}); from now on commands look at this one`);
      }
      return announcement;
    } catch (error) {
      await close();
      throw error;
    }
  }
}

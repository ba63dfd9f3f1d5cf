import { Flags } from '@oclif/core';
import { KmmCommand } from '../base-command.ts';
import type { AlertDesk } from '../lib/app/alerts/alert-desk.ts';
import { KmmError } from '../lib/app/errors/errors.ts';
import { EXIT } from '../lib/app/errors/exit-codes.ts';
import type { WatchdogCheck, WatchdogRecord } from '../lib/app/watchdog/watchdog-records.ts';
import { epochMs } from '../lib/core/units.ts';
import { watchdogLines } from '../print/operator/watchdog-text.ts';
import { passphraseFlag } from '../shared-flags.ts';

/** What is under way is given so long when it ends. */
const LAST_WORD_MS = 5_000;

export default class Watchdog extends KmmCommand<typeof Watchdog> {
  static override summary = 'kill when a trader makes no progress; a process of its own, with a key of its own';
  static override description =
    `A process of its own, with a key of its own ([watchdog] in the configuration), that needs nothing of the
trader's. Beside the trader it reads the turn counter that the trading loop leaves in the data directory; on another host
it judges by the orders: a living trader renews every lease at half of it. When there is no progress for 20 s at two looks
in a row and orders of a strategy rest, it latches KILLED, sweeps the account, trips the order groups, cancels by id until
two listings are empty, says so, and goes on watching.

A trader that is halted, or that was stopped in good order, is left alone. SIGTERM ends it.`;
  static override examples = [
    '<%= config.bin %> watchdog --env demo',
    '<%= config.bin %> watchdog --env sim --once',
    '<%= config.bin %> watchdog --env demo --json',
  ];
  static override flags = {
    once: Flags.boolean({
      description: 'look once, act on nothing: exit 10 when a stall was seen, 5 when nothing was',
    }),
    ...passphraseFlag,
  };

  #before: WatchdogCheck | undefined;

  async run(): Promise<undefined> {
    const { loadWatchdog } = await import('../lib/app/watchdog/watchdog-access.ts');
    const { watchdogAlerts } = await import('../lib/app/alerts/watchdog-alerts.ts');
    const { openWatchdog } = await import('../lib/app/watchdog/open-watchdog.ts');
    const { config: file, 'passphrase-file': opens, once } = this.flags;
    const flags =
      opens === undefined ? [] : [{ flag: '--passphrase-file', key: 'watchdog.passphrase_file', value: opens }];
    const told = new Promise<void>((resolve) => {
      process.once('SIGINT', resolve).once('SIGTERM', resolve).once('SIGHUP', resolve);
    });
    const access = loadWatchdog({ environment: this.environment, flags, ...(file === undefined ? {} : { file }) });
    const desk = once ? undefined : await this.#desk();
    const { watchdog, close } = await openWatchdog(access, (record) => {
      this.#tell(record);
      desk?.queue(watchdogAlerts(record, epochMs(Date.now())));
    });
    desk?.start();
    try {
      if (once) this.#end(await watchdog.look());
      else {
        void told.then(() => watchdog.stop());
        await watchdog.run();
      }
    } finally {
      close();
      await desk?.close(LAST_WORD_MS);
    }
  }

  /** Its own way to people: its configuration, and the database beside it or none. A mistake there stops no watching. */
  async #desk(): Promise<AlertDesk> {
    const { alertsAnyway } = await import('../lib/app/alerts/settings.ts');
    const { deskOf } = await import('../lib/app/alerts/tell.ts');
    const { homeOf } = await import('../lib/app/config/home.ts');
    const { environment } = this;
    const { config: file } = this.flags;
    const { settings, problem } = alertsAnyway({ environment, ...(file === undefined ? {} : { file }) });
    if (problem !== undefined) this.note(`nobody is alerted: ${problem.what}`);
    return deskOf({ home: homeOf(environment), settings, note: (text) => this.note(text) });
  }

  #end({ state }: WatchdogCheck): void {
    if (state === 'blind') throw new KmmError('KMM_UNREACHABLE', 'the watchdog sees neither the trader nor its orders');
    if (state === 'stalled') process.exitCode = EXIT.gate;
  }

  #tell(record: WatchdogRecord): void {
    this.printRecord({ ...record });
    for (const line of watchdogLines(record, this.#before, this.glyphs)) this.log(line);
    if (record.type === 'watchdog_check') this.#before = record;
  }
}

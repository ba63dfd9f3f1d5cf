/**
 * `kmm run` on its terminal: the supervisor with a screen, log lines or NDJSON in front of it, and what ^C does.
 *
 * First ^C: cancel everything, verify, sum up. Second: leave at once and say what may still rest, and until when; the
 * trader goes on cancelling by itself, for its supervisor is gone.
 */
import { clockText, dateTimeText, type Glyphs, timeText } from './format.ts';
import type { Configuration } from './lib/app/config.ts';
import { linkOf } from './lib/app/exchange-link.ts';
import { EXIT } from './lib/app/exit-codes.ts';
import { kill } from './lib/app/kill.ts';
import type { ExchangeStart } from './lib/app/run/messages.ts';
import { type SuperviseResult, Supervisor } from './lib/app/run/supervise.ts';
import type { SimWorldOptions } from './lib/app/sim-world.ts';
import type { LogLine, TraderView } from './lib/core/view.ts';
import type { ScreenVerb } from './tui/keys.ts';
import type { Screen } from './tui/screen.ts';

export interface TerminalOptions {
  readonly configuration: Configuration;
  readonly world: SimWorldOptions;
  /** Exchange time per real time (sim). */
  readonly speed: number;
  readonly forSeconds?: number;
  readonly ui: 'screen' | 'log' | 'json';
  readonly signs: Glyphs;
  /** A line of --json output. */
  readonly printRecord: (record: { readonly type: string } & Readonly<Record<string, unknown>>) => void;
  /** For people, on stderr. */
  readonly note: (text: string) => void;
}

export interface TerminalRun {
  run(): Promise<SuperviseResult>;
  /** As the first ^C. */
  stop(by: string): void;
}

/** Throws KMM_LOCKED, KMM_HOME, KMM_KEY_MISSING. Nothing is started before `run`. */
export function runInTerminal(options: TerminalOptions): TerminalRun {
  const { configuration, ui, forSeconds, printRecord, note } = options;
  const shown: { screen?: Screen; view?: TraderView } = {};
  const isOwnExchange = configuration.env === 'sim' && configuration.sim === undefined;
  const supervisor = new Supervisor({
    configuration,
    ...(isOwnExchange ? { exchange: exchangeOf(options) } : { link: linkOf(configuration) }),
    ...(forSeconds !== undefined && { forSeconds }),
    onView: (view) => {
      shown.view = view;
      shown.screen?.show(view);
      if (ui === 'json') printRecord(digestOf(view));
    },
    onLog: (line) => {
      if (ui === 'json') printRecord({ type: 'log', ...line });
      else if (shown.screen === undefined) note(logText(line));
    },
  });

  let interrupts = 0;
  const interrupt = (by: string): void => {
    interrupts += 1;
    if (interrupts > 1) leaveNow(shown.view, note, shown.screen);
    else {
      if (shown.screen === undefined) note(announcement(shown.view));
      supervisor.stop(by);
    }
  };
  const obey = (verb: ScreenVerb): void => {
    if (verb === 'interrupt' || verb === 'stop') interrupt(verb === 'stop' ? 'q' : 'SIGINT');
    else if (verb === 'kill') killHere(configuration, supervisor, note);
    else supervisor.verb(verb, 'the screen');
  };

  return {
    stop: interrupt,
    async run() {
      const unlisten = listen(interrupt);
      try {
        if (ui === 'screen') shown.screen = await openScreen(options, obey, supervisor, () => delete shown.screen);
        return await supervisor.run();
      } finally {
        unlisten();
        await shown.screen?.stop();
      }
    },
  };
}

function exchangeOf({ configuration, world, speed }: TerminalOptions): ExchangeStart {
  return { type: 'start', world, port: 0, speed, keyKind: 'rsa', keyDirectory: configuration.home.keys };
}

async function openScreen(
  { signs, note }: TerminalOptions,
  onVerb: (verb: ScreenVerb) => void,
  supervisor: Supervisor,
  onGone: () => void,
): Promise<Screen> {
  const { startScreen } = await import('./tui/screen.ts');
  return startScreen({
    ...{ signs, onVerb },
    onSelect: (ticker) => supervisor.select(ticker),
    onGone: (reason) => {
      onGone();
      note(`the screen is gone (${reason}); the trader goes on, and this shows its log`);
    },
  });
}

function listen(interrupt: (by: string) => void): () => void {
  const handlers = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => {
    const handler = () => interrupt(signal);
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  return () => {
    for (const unlisten of handlers) unlisten();
  };
}

/** The same ladder as `kmm kill`, from here: it needs no answer of the trader. */
function killHere(configuration: Configuration, supervisor: Supervisor, note: (text: string) => void): void {
  supervisor.verb('kill', 'the screen');
  kill(configuration, 'killed from the screen').catch((error: unknown) => {
    note(`the kill did not go through: ${error instanceof Error ? error.message : String(error)}`);
  });
}

function announcement(view: TraderView | undefined): string {
  const orders = view?.restingOrders ?? 0;
  const until =
    view?.leaseUntil === undefined ? '' : `; ^C again leaves them, they expire by ${clockText(view.leaseUntil)}`;
  return orders === 0 ? 'stopping: nothing rests, verifying' : `cancelling ${orders} orders${until}`;
}

function leaveNow(view: TraderView | undefined, note: (text: string) => void, screen: Screen | undefined): void {
  const say = () => {
    if (view === undefined || view.restingOrders === 0) note('left at once; no order of ours was known to rest');
    else {
      const until = view.leaseUntil === undefined ? 'its expiry' : dateTimeText(view.leaseUntil);
      note(
        `left at once; ${view.restingOrders} orders may still rest, each until ${until} at the latest. Try: kmm kill`,
      );
      for (const { ticker, bid, ask } of view.markets) {
        for (const side of [bid, ask]) {
          if (side !== undefined)
            note(`  ${ticker} ${side === bid ? 'bid' : 'ask'} until ${timeText(side.expiresAt)} ET`);
        }
      }
    }
    process.exit(EXIT.interrupted);
  };
  // The alternate screen's contents vanish with it: leave it first.
  if (screen === undefined) say();
  else void screen.stop().then(say, say);
}

/** What scripts watch: enough to see that it lives and how it stands, not the whole book. */
function digestOf(view: TraderView) {
  const { at, state, turn, restingOrders, unknownOrders, fills } = view;
  const halts = view.halts.map(({ name, scope }) => ({ name, scope }));
  return { type: 'status', at: new Date(at).toISOString(), state, turn, restingOrders, unknownOrders, fills, halts };
}

export function logText({ at, level, text }: LogLine): string {
  return `${timeText(at)} ET ${level === 'info' ? '' : `${level.toUpperCase()} `}${text}`;
}

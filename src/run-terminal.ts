/**
 * `kmm run` on its terminal: the supervisor with a screen, log lines or NDJSON in front of it, and what ^C does.
 *
 * First ^C: cancel everything, verify, sum up. Second: leave at once and say what may still rest, and until when; the
 * trader goes on cancelling by itself, for its supervisor is gone. SIGTERM is the same; whatever else ends a run (q, a
 * closed terminal, an output that nobody reads) only ever counts as the first. SIGUSR2 makes the log say everything, and again
 * what is configured.
 */
import { clockText, dateTimeText, type Glyphs, timeText } from './format.ts';
import type { Configuration } from './lib/app/config/config.ts';
import { KmmError } from './lib/app/errors/errors.ts';
import { linkOf } from './lib/app/exchange/exchange-link.ts';
import { addedTrust } from './lib/app/exchange/tls-trust.ts';
import { EVERYTHING, kill } from './lib/app/kill/kill.ts';
import type { ExchangeStart } from './lib/app/run/messages.ts';
import { type SuperviseResult, Supervisor } from './lib/app/run/supervise.ts';
import type { SimWorldOptions } from './lib/app/sim/sim-world.ts';
import { formatPrice, formatSize } from './lib/core/units.ts';
import type { LogLine, SideView, TraderView } from './lib/core/view.ts';
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
  /** Throws KMM_INTERRUPTED and KMM_TERMINATED: the caller is to leave at once. */
  run(): Promise<SuperviseResult>;
  /** As the first ^C, however often it is called. */
  stop(by: string): void;
}

/** For the screen, which shows the newest. */
const LINES_TOLD = 200;

/** Throws KMM_PROD_NOT_ARMED, KMM_LOCKED, KMM_HOME, KMM_KEY_MISSING. Nothing is started before `run`. */
export function runInTerminal(options: TerminalOptions): TerminalRun {
  const { configuration, ui, forSeconds, printRecord, note } = options;
  const shown: { screen?: Screen; view?: TraderView } = {};
  // Of all lives of the trader and of the supervisor: what a view brings ends with its trader.
  let told: readonly LogLine[] = [];
  const redraw = () => shown.view !== undefined && shown.screen?.show({ ...shown.view, log: told });
  const isOwnExchange = configuration.env === 'sim' && configuration.sim === undefined;
  const trust = configuration.env === 'prod' ? addedTrust('prod') : undefined;
  if (trust !== undefined) note(`warning: ${trust}`);
  const supervisor = new Supervisor({
    configuration,
    ...(isOwnExchange ? { exchange: exchangeOf(options) } : { link: linkOf(configuration) }),
    ...(forSeconds !== undefined && { forSeconds }),
    onView: (view) => {
      shown.view = view;
      redraw();
      if (ui === 'json') printRecord(digestOf(view));
    },
    onLog: (line) => {
      if (ui === 'json') printRecord(logRecord(line));
      else if (shown.screen === undefined) note(logText(line));
      told = [...told, line].slice(-LINES_TOLD);
      redraw();
    },
  });

  let isStopping = false;
  let isLeaving = false;
  let leave: (error: KmmError) => void = () => {};
  const left = new Promise<never>((_, reject) => {
    leave = reject;
  });
  const stop = (by: string): void => {
    if (isStopping) return;
    isStopping = true;
    if (shown.screen === undefined) note(announcement(shown.view));
    supervisor.stop(by);
  };
  const interrupt = (by: keyof typeof LEAVING): void => {
    if (isStopping) {
      isLeaving = true;
      leave(leavingError(by, shown.view));
    } else stop(by);
  };
  const onSignal = (signal: Signal): void => {
    if (signal === 'SIGTSTP') note('^Z does nothing here: a supervisor that sleeps watches nothing');
    else if (signal === 'SIGHUP') stop(signal);
    else if (signal === 'SIGUSR2') supervisor.toggleLog(signal);
    else interrupt(signal);
  };
  const obey = (verb: ScreenVerb): void => {
    if (verb === 'interrupt') interrupt('SIGINT');
    else if (verb === 'stop') stop('q');
    else if (verb === 'kill') killHere(configuration, supervisor, note);
    else supervisor.verb(verb, 'the screen');
  };

  return {
    stop,
    async run() {
      const unlisten = listen(onSignal);
      try {
        if (ui === 'screen') shown.screen = await openScreen(options, obey, supervisor, () => delete shown.screen);
        return await Promise.race([supervisor.run(), left]);
      } finally {
        unlisten();
        // The alternate screen's contents vanish with it: what is printed from here on stays.
        await shown.screen?.stop();
        if (isLeaving) sayLeft(shown.view, options);
      }
    },
  };
}

function exchangeOf({ configuration, world, speed }: TerminalOptions): ExchangeStart {
  return {
    type: 'start',
    world,
    port: 0,
    speed,
    keyKind: 'rsa',
    keyDirectory: configuration.home.keys,
    logLevel: configuration.logLevel,
  };
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

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGTSTP', 'SIGUSR2'] as const;
type Signal = (typeof SIGNALS)[number];

function listen(onSignal: (signal: Signal) => void): () => void {
  const handlers = SIGNALS.map((signal) => {
    const handler = () => onSignal(signal);
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
  kill(configuration, { ...EVERYTHING, reason: 'killed from the screen' }).catch((error: unknown) => {
    note(`the kill did not go through: ${error instanceof Error ? error.message : String(error)}`);
  });
}

/** The view is a moment old: that it shows none is no proof that nothing rests. */
function announcement(view: TraderView | undefined): string {
  const orders = view?.restingOrders ?? 0;
  const until =
    view?.leaseUntil === undefined ? '' : `; ^C again leaves them, they expire by ${clockText(view.leaseUntil)}`;
  return orders === 0 ? 'stopping: cancelling what may rest, then verifying' : `cancelling ${orders} orders${until}`;
}

const LEAVING = { SIGINT: 'KMM_INTERRUPTED', SIGTERM: 'KMM_TERMINATED' } as const;

function leavingError(by: keyof typeof LEAVING, view: TraderView | undefined): KmmError {
  const resting = view?.restingOrders ?? 0;
  const until = view?.leaseUntil === undefined ? 'their leases end' : dateTimeText(view.leaseUntil);
  const position =
    resting === 0 ? 'no order of ours was known to rest a moment ago' : `${resting} orders may rest until ${until}`;
  return new KmmError(LEAVING[by], 'left at once, before the cancels were proved', { position });
}

/** Each order that may rest, and until when. */
function sayLeft(view: TraderView | undefined, { ui, printRecord, note }: TerminalOptions): void {
  const orders = (view?.markets ?? []).flatMap(({ ticker, bid, ask }) =>
    [bid, ask].flatMap((order) =>
      order === undefined ? [] : [{ ticker, side: order === bid ? 'bid' : 'ask', order }],
    ),
  );
  if (ui === 'json') printRecord({ type: 'left', orders: orders.map(leftRecord) });
  else for (const { ticker, side, order } of orders) note(`  ${ticker} ${side} until ${clockText(order.expiresAt)}`);
}

function leftRecord({ ticker, side, order }: { ticker: string; side: string; order: SideView }) {
  const until = new Date(order.expiresAt).toISOString();
  return { ticker, side, price: formatPrice(order.price), size: formatSize(order.size), until };
}

/** What scripts watch: enough to see that it lives and how it stands, not the whole book. */
function digestOf(view: TraderView) {
  const { at, state, turn, restingOrders, unknownOrders, fills } = view;
  const halts = view.halts.map(({ name, scope }) => ({ name, scope }));
  return { type: 'status', at: new Date(at).toISOString(), state, turn, restingOrders, unknownOrders, fills, halts };
}

/** A line of the log, for people. */
export function logText({ at, level, text }: LogLine): string {
  return `${timeText(at)} ET ${level === 'info' ? '' : `${level.toUpperCase()} `}${text}`;
}

/** The same for scripts. */
export function logRecord({ at, level, text }: LogLine) {
  return { type: 'log', at: new Date(at).toISOString(), level, text };
}

/**
 * The trader: one process, one event loop, no terminal. It is told what to do over the channel to its supervisor, shows
 * itself four times a second, and cancels everything and leaves when that channel breaks.
 */

import type { ControlServer } from '../../adapters/system/control-socket.ts';
import { epochMs } from '../../core/units.ts';
import type { TraderView } from '../../core/view.ts';
import type { LogLevel } from '../config/config-schema.ts';
import type { TraderEnd } from '../control/control-messages.ts';
import { controlledSession } from '../control/controlled-session.ts';
import { openControl } from '../control/trader-control.ts';
import { KmmError } from '../errors/errors.ts';
import { receivedLink } from '../exchange/exchange-link.ts';
import { guardCrash, guardOutput } from '../keys/guard-process.ts';
import { scrub } from '../keys/secret.ts';
import { lastResort } from '../last-resort.ts';
import { LogFilter } from '../log-filter.ts';
import { endSession } from '../session/end-session.ts';
import { faultCode } from '../session/halts/fault-code.ts';
import type { FromTrader, SentError, ToTrader, Verb } from './messages.ts';
import { Reloader } from './reloader.ts';
import { reportMetrics } from './report-metrics.ts';
import { type LiveSession, openLive } from './run-live.ts';

const VIEW_MS = 250;
const PROGRESS_MS = 1_000;
/** The last message is given this long to get out. */
const LAST_WORD_MS = 2_000;

let live: LiveSession | undefined;
let control: ControlServer | undefined;
let startup: Promise<void> = Promise.resolve();
let selected: string | undefined;
let shown: TraderView | undefined;
let isEnding = false;
let isShowing = false;
let isTelling = false;
let fatal: Error | undefined;
let filter = new LogFilter('info');
const ended = Promise.withResolvers<TraderEnd>();

guardOutput();
guardCrash(broken);
process.on('message', receive);
process.on('disconnect', () => void end('a supervisor that is gone'));
process.on('SIGTERM', () => void end('SIGTERM'));
// The terminal's ^C is the supervisor's alone.
process.on('SIGINT', () => {});
// The supervisor's as well: systemctl kill sends it to all of us, and two who toggle undo each other.
process.on('SIGUSR2', () => {});

function receive(message: ToTrader): void {
  switch (message.type) {
    case 'start':
      startup = start(message);
      return;
    case 'verb':
      obey(message.verb, message.by);
      return;
    case 'select':
      selected = message.ticker;
      return;
    case 'log_level':
      filter.set(message.level);
      return;
    default:
      message satisfies never;
  }
}

async function start({
  configuration,
  link,
  control: controlPath,
  forSeconds,
  stopAt: known,
  logLevel,
}: Extract<ToTrader, { type: 'start' }>): Promise<void> {
  filter = new LogFilter(configuration.logLevel, logLevel);
  try {
    live = await openLive({
      logFilter: filter,
      configuration,
      link: receivedLink(link),
      onLog: (line) => say({ type: 'log', line }),
      onFatal: (error) => {
        fatal = error;
        void end('a fault of its own');
      },
      onStop: stop,
    });
    const { session, arming } = live.opened;
    await session.start();
    const { clock } = live;
    const reloader = new Reloader({
      ...{ configuration, session, clock, onLogLevel: setLogLevel },
      onReloaded: (inForce) => say({ type: 'reloaded', inForce }),
      say: (text) => say({ type: 'log', line: { at: clock.now(), level: 'info', text } }),
      ...(arming !== undefined && { arming }),
    });
    control = await openControl(
      controlPath,
      controlledSession(session, clock, {
        ...{ stop, ended: ended.promise, setLogLevel, reload: (wish) => reloader.reload(wish) },
      }),
    );
    const stopAt = known ?? (forSeconds === undefined ? undefined : epochMs(clock.now() + forSeconds * 1_000));
    say({ type: 'started', ...(stopAt !== undefined && { stopAt }) });
    if (stopAt !== undefined) clock.after(Math.max(0, stopAt - clock.now()), () => void end('--for'));
    setInterval(show, VIEW_MS);
    setInterval(tellProgress, PROGRESS_MS);
    // Whoever wants no page wants none of its work either.
    if (configuration.metrics.isServed)
      await reportMetrics(
        session,
        () => shown,
        (text, out) => say({ type: 'metrics', text }, out),
      );
  } catch (error) {
    fatal = error instanceof Error ? error : new Error(String(error));
    void end('a failed start');
  }
}

function obey(verb: Verb, by: string): void {
  if (verb === 'stop') void end(by);
  else live?.opened.session.emit({ type: 'control', at: live.clock.now(), verb, by });
}

/** Asked past the supervisor, which tells the others. */
function setLogLevel(level: LogLevel, by: string): void {
  filter.set(level);
  say({ type: 'log_level', level, by });
}

/** A supervisor that reads slowly gets fewer views, not older ones. */
function show(): void {
  if (live === undefined || isShowing) return;
  selected ??= live.opened.session.view(undefined).markets[0]?.ticker;
  isShowing = true;
  shown = live.opened.session.view(selected);
  say({ type: 'view', view: shown }, () => {
    isShowing = false;
  });
}

/** The operator's, by the control socket or the database: the supervisor is told, or it would start us again. */
function stop(by: string): void {
  say({ type: 'stopping', by });
  void end(by);
}

/** What the supervisor judges by. One that sleeps finds the newest when it wakes, not a queue. */
function tellProgress(): void {
  if (live === undefined || isTelling) return;
  const { session } = live.opened;
  isTelling = true;
  say({ type: 'progress', turn: session.progress.turns, loops: session.loops.marks() }, () => {
    isTelling = false;
  });
}

/** A start is let come to its end first: until then nothing is placed. */
async function end(by: string): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await startup;
  const summary = live === undefined ? undefined : await endOf(live, by);
  const { isConfirmed = false, restingAtEnd = 0, reconciled = null } = summary ?? {};
  ended.resolve({ isConfirmed, restingAtEnd, reconciled });
  await control?.close();
  const leave = () => process.exit(fatal === undefined ? 0 : 1);
  setTimeout(leave, LAST_WORD_MS);
  if (fatal !== undefined) say({ type: 'failed', error: sent(fatal), isFinal: isFinal(fatal) }, leave);
  else if (summary !== undefined) say({ type: 'ended', summary }, leave);
  else leave();
}

/** What nobody caught: everything is cancelled, as with any fault. A second one leaves that to the supervisor. */
function broken(thrown: unknown): void {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  lastResort(`the trader broke: ${error.stack ?? error.message}`);
  if (isEnding) process.exit(1);
  fatal = error;
  void end('a fault of its own');
}

async function endOf({ opened, clock, startedAt, close }: LiveSession, by: string) {
  try {
    return await endSession({ opened, clock, env: opened.session.environment, startedAt, by });
  } catch (error) {
    fatal ??= error instanceof Error ? error : new Error(String(error));
    return undefined;
  } finally {
    close();
  }
}

/** The supervisor may die at any moment: what cannot be said is not waited for, and is no error. */
function say(message: FromTrader, whenOut: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, whenOut);
  else whenOut();
}

function sent(error: Error): SentError {
  const code = faultCode(error);
  if (error instanceof KmmError) return { code, message: scrub(error.what) };
  return { code, message: scrub(code === 'KMM_BUG' ? (error.stack ?? error.message) : error.message) };
}

/** Starting again would not help: the user has to mend something, or the fault would come back. */
function isFinal(error: Error): boolean {
  const mayPass =
    error instanceof KmmError && (error.code === 'KMM_UNREACHABLE' || error.code === 'KMM_CANCEL_UNCONFIRMED');
  return !mayPass;
}

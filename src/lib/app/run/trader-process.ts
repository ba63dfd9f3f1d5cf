/**
 * The trader: one process, one event loop, no terminal. It is told what to do over the channel to its supervisor, shows
 * itself four times a second, and cancels everything and leaves when that channel breaks.
 */

import { KmmError } from '../errors.ts';
import { endSession } from '../session/end-session.ts';
import { faultCode } from '../session/fault-code.ts';
import type { FromTrader, SentError, ToTrader, Verb } from './messages.ts';
import { type LiveSession, openLive } from './run-live.ts';

const VIEW_MS = 250;

let live: LiveSession | undefined;
let selected: string | undefined;
let isEnding = false;
let fatal: Error | undefined;

process.on('message', (message: ToTrader) => void receive(message));
process.on('disconnect', () => void end('a supervisor that is gone'));
process.on('SIGTERM', () => void end('SIGTERM'));
// The terminal's ^C is the supervisor's alone.
process.on('SIGINT', () => {});

async function receive(message: ToTrader): Promise<void> {
  switch (message.type) {
    case 'start':
      return start(message);
    case 'verb':
      return obey(message.verb, message.by);
    case 'select':
      selected = message.ticker;
      return;
    default:
      message satisfies never;
  }
}

async function start({ configuration, link, forSeconds }: Extract<ToTrader, { type: 'start' }>): Promise<void> {
  try {
    live = await openLive({
      configuration,
      link,
      onLog: (line) => say({ type: 'log', line }),
      onFatal: (error) => {
        fatal = error;
        void end('a fault of its own');
      },
    });
    await live.opened.session.start();
    say({ type: 'started' });
    if (forSeconds !== undefined) live.clock.after(forSeconds * 1_000, () => void end('--for'));
    setInterval(show, VIEW_MS);
  } catch (error) {
    fatal = error instanceof Error ? error : new Error(String(error));
    await end('a failed start');
  }
}

function obey(verb: Verb, by: string): void {
  if (live === undefined) return;
  if (verb === 'stop') void end(by);
  else live.opened.session.emit({ type: 'control', at: live.clock.now(), verb, by });
}

function show(): void {
  if (live === undefined) return;
  selected ??= live.opened.session.view(undefined).markets[0]?.ticker;
  say({ type: 'view', view: live.opened.session.view(selected) });
}

async function end(by: string): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  if (live !== undefined) {
    const { opened, clock, startedAt, close } = live;
    try {
      const summary = await endSession({ opened, clock, env: opened.session.environment, startedAt, by });
      if (fatal === undefined) say({ type: 'ended', summary });
    } catch (error) {
      fatal ??= error instanceof Error ? error : new Error(String(error));
    }
    close();
  }
  if (fatal !== undefined) say({ type: 'failed', error: sent(fatal), isFinal: isFinal(fatal) });
  // The channel keeps the process alive: let the last message out, then go.
  if (process.connected) process.disconnect();
  setTimeout(() => process.exit(fatal === undefined ? 0 : 1), 50);
}

function say(message: FromTrader): void {
  if (process.connected) process.send?.(message);
}

function sent(error: Error): SentError {
  const code = faultCode(error);
  if (error instanceof KmmError) return { code, message: error.what };
  return { code, message: code === 'KMM_BUG' ? (error.stack ?? error.message) : error.message };
}

/** Starting again would not help: the user has to mend something, or the fault would come back. */
function isFinal(error: Error): boolean {
  const mayPass =
    error instanceof KmmError && (error.code === 'KMM_UNREACHABLE' || error.code === 'KMM_CANCEL_UNCONFIRMED');
  return !mayPass;
}
